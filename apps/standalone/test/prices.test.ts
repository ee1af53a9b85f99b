import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@cnop/common/config/read-config';
import { createLogger } from '@cnop/common/process/logger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Standalone } from '../src/standalone-app.ts';
import { startStandalone } from '../src/standalone-app.ts';
import { standaloneSettings } from '../src/standalone-settings.ts';

const CANDLES = { '1m': 120, '5m': 144, '15m': 96, '1h': 168, '1d': 365 };
/** An idle machine takes two seconds. */
const PATIENCE_MILLISECONDS = 120_000;

interface Priced {
  data: { current_price: string; last_price_update: string; high_24h: number | null };
}

let dataDir: string;
let standalone: Standalone;

const start = async () => {
  const settings = readConfig(standaloneSettings, {
    DATA_DIR: dataDir,
    PORT: '0',
    BCRYPT_COST: '4',
    // Polling more often would load a busy machine.
    PRICE_TICK_MILLISECONDS: '200',
  });
  return startStandalone(settings, createLogger({ level: 'silent' }));
};
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cnop-prices-'));
  standalone = await start();
});
afterAll(async () => {
  await standalone.close();
  await rm(dataDir, { recursive: true, force: true });
});

const read = async <Answer>(path: string): Promise<Answer> => {
  const answer = await fetch(`${standalone.url}/api/v1/inventory${path}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
};
const bitcoin = async () => (await read<Priced>('/assets/BTC')).data;

test('prices move from the first answer on by themselves', async () => {
  const first = await bitcoin();
  expect(Math.abs(Number(first.current_price) / 105_240.55 - 1)).toBeLessThan(0.01);
  await expect.poll(async () => (await bitcoin()).current_price).not.toBe(first.current_price);
});

test('charts of a new platform are full soon after its start', {
  timeout: PATIENCE_MILLISECONDS,
}, async () => {
  for (const asset of ['AAVE', 'BTC', 'XRP']) {
    for (const [interval, count] of Object.entries(CANDLES)) {
      const lengthOf = async () =>
        (await read<{ data: unknown[] }>(`/assets/${asset}/candles?interval=${interval}&limit=1000`)).data
          .length;
      await expect.poll(lengthOf, { timeout: PATIENCE_MILLISECONDS }).toBeGreaterThanOrEqual(count);
    }
  }
  expect((await bitcoin()).high_24h).not.toBeNull();
});

test('after a restart prices continue from the last one', async () => {
  await standalone.close();
  standalone = await start();
  const { current_price } = await bitcoin();
  expect(Math.abs(Number(current_price) / 105_240.55 - 1)).toBeLessThan(0.01);
  const { data } = await read<{ data: { final: boolean }[] }>('/assets/BTC/candles?interval=1d');
  expect(data.map(({ final }) => final).lastIndexOf(false)).toBe(data.length - 1);
  expect(data.filter(({ final }) => !final)).toHaveLength(1);
});
