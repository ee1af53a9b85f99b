import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@cnop/common/http/logger';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../src/replay/compare-outcomes.ts';
import type { ReplayOptions } from '../../src/replay/run-replay.ts';
import { runReplay } from '../../src/replay/run-replay.ts';

const RECORDED = new URL('../../../../../shared/data/market/', import.meta.url).pathname;
const TEST_TIMEOUT_MILLISECONDS = 180_000;
const BASE = { seed: 1, logger: createLogger({ level: 'silent' }), onProgress: () => undefined } as const;

async function replay(options: Pick<ReplayOptions, 'file' | 'orders' | 'distort'>) {
  const { replayed, violations } = await runReplay({ ...BASE, ...options });
  const executed = replayed.filter(({ order }) => order?.status === 'completed').length;
  const differences = replayed.flatMap((each) => differenceOf(each) ?? []);
  return { executed, differences, violations };
}

/** A made-up market that wanders for two days, for machines without the recorded files. */
async function withMadeUpFile(use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cnop-test-'));
  const file = join(folder, 'WAVE-1m.csv');
  const lines = Array.from({ length: 2_880 }, (_, minute) => {
    const price = 100 + 8 * Math.sin(minute / 90) + 3 * Math.sin(minute / 7);
    return `${new Date(Date.UTC(2023, 2, 1, 0, minute)).toISOString()},${price.toFixed(2)}`;
  });
  await writeFile(file, ['open_time,close', ...lines].join('\n'));
  try {
    await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a replay', { timeout: TEST_TIMEOUT_MILLISECONDS }, () => {
  it('of a made-up market ends as the walk over it says', async () => {
    await withMadeUpFile(async (file) => {
      const { executed, differences, violations } = await replay({ file, orders: 400 });
      expect(differences).toEqual([]);
      expect(violations).toBe(0);
      expect(executed).toBeGreaterThan(200);
    });
  });

  it('would find an order service that misses prices', async () => {
    await withMadeUpFile(async (file) => {
      const distort: ReplayOptions['distort'] = (track) =>
        track.map((point, position) =>
          position % 3 === 0 ? point : { ...point, mid: track[position - 1]?.mid ?? point.mid },
        );
      expect((await replay({ file, orders: 400, distort })).differences).not.toEqual([]);
    });
  });

  it.skipIf(!existsSync(RECORDED)).each(['BTC-USD-1m-2023-03.csv', 'USDC-USD-1m-2023-03.csv'])(
    'of %s ends as the walk over it says',
    async (name) => {
      const { executed, differences, violations } = await replay({ file: join(RECORDED, name), orders: 300 });
      expect(differences).toEqual([]);
      expect(violations).toBe(0);
      expect(executed).toBeGreaterThan(100);
    },
  );
});
