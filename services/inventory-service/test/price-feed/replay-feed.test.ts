import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { priceSettings } from '@cnop/common/config/price-settings';
import { createLogger } from '@cnop/common/http/logger';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPriceFeed } from '../../src/price-feed/open-price-feed.ts';
import { openMarket } from '../market-maker/market-under-test.ts';

const RECORDED = path.resolve(PROJECT_ROOT, '../shared/data/market');
const START = new Date('2026-03-03T14:30:00.000Z');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cnop-replay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const logger = createLogger({ level: 'silent' });
const open = async (files: string, speed = '1') =>
  openPriceFeed(
    priceSettings.parse({ PRICE_FEED: 'replay', PRICE_REPLAY_FILES: files, PRICE_REPLAY_SPEED: speed }),
    logger,
  );
const write = async (name: string, text: string) => {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
};

const CANDLES = `open_time,open,high,low,close,volume
2023-03-01T00:00:00Z,10,14,8,12,3
2023-03-01T00:01:00Z,12,13,9,10,4
`;

describe('a replay', () => {
  test('plays each candle as four prices in the course of its span', async () => {
    const feed = await open(`BTC=${await write('candles.csv', CANDLES)}`);
    const priced = [{ asset: anAsset(), mid: '11' }];
    const played = Array.from({ length: 9 }, (_, i) =>
      feed.next(priced, new Date(START.getTime() + i * 15_000)).map(({ mid }) => mid),
    );
    expect(played.flat()).toEqual(['10', '8', '14', '12', '12', '13', '9', '10', '11']);
  });

  test('plays closes alone, at any speed, without skipping one', async () => {
    const closes = Array.from({ length: 50 }, (_, i) => `${1_677_628_800 + i * 60},${i + 1}`);
    const feed = await open(
      `BTC=${await write('closes.csv', ['open_time,close', ...closes].join('\r\n'))}`,
      '600',
    );
    const priced = [{ asset: anAsset(), mid: '1' }];
    const played = Array.from({ length: 6 }, (_, i) =>
      feed.next(priced, new Date(START.getTime() + i * 1_000)),
    );
    expect(played.flatMap((prices) => prices.map(({ mid }) => mid))).toEqual(
      Array.from({ length: 50 }, (_, i) => String(i + 1)),
    );
  });

  test('keeps the price of an asset without a record, and the last one of a record, fresh', async () => {
    const feed = await open(`BTC=${await write('end.csv', CANDLES)}`, '1000');
    const priced = [
      { asset: anAsset(), mid: '10' },
      { asset: anAsset({ asset_id: 'ETH' }), mid: '7' },
    ];
    feed.next(priced, START);
    feed.next(priced, new Date(START.getTime() + 60_000));
    expect(feed.next(priced, new Date(START.getTime() + 90_000))).toEqual([
      { asset_id: 'BTC', mid: '10' },
      { asset_id: 'ETH', mid: '7' },
    ]);
  });

  test.each([
    ['no column of closes', 'open_time,price\n2023-03-01T00:00:00Z,1', 'line 1: there is no column close'],
    ['no time', 'open_time,close\nyesterday,1', 'line 2'],
    ['a price that is none', 'open_time,close\n2023-03-01T00:00:00Z,1e5', 'line 2'],
    ['a price of zero', 'open_time,close\n2023-03-01T00:00:00Z,0.0', 'line 2'],
    ['a line cut short', `${CANDLES}2023-03-01T00:02:00Z,1,1`, 'line 4'],
    ['time that goes back', `${CANDLES}2023-03-01T00:01:00Z,1,1,1,1,1`, 'line 4: time goes back'],
    ['nothing but names', 'open_time,close\n', 'no line'],
  ])('of a table with %s is refused by name', async (_what, text, complaint) => {
    const file = await write('wrong.csv', text);
    await expect(open(`BTC=${file}`)).rejects.toThrow(complaint);
    await expect(open(`BTC=${file}`)).rejects.toThrow(file);
  });

  test('of a file that is not there is refused by name', async () => {
    await expect(open('BTC=/nowhere/btc.csv')).rejects.toThrow('/nowhere/btc.csv');
  });
});

/** The columns of a recorded file, read without the code under test. */
async function readColumns(file: string): Promise<Readonly<Record<string, string>>[]> {
  const [header = '', ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

describe.skipIf(!existsSync(RECORDED))('the recorded March of 2023', () => {
  test('is played from beginning to end, candles and closes on one time line', async () => {
    const files = { BTC: `${RECORDED}/BTC-USD-1m-2023-03.csv`, USDC: `${RECORDED}/USDC-USD-1m-2023-03.csv` };
    const clock = createFakeClock(START);
    const runtime = await createTestRuntime({ clock });
    const feed = await open(`BTC=${files.BTC},USDC=${files.USDC}`, '3000');
    const market = openMarket({ store: runtime.store, clock }, { feed });
    await market.assets.createAsset(anAsset({ asset_id: 'BTC', current_price: '105240.55' }));
    await market.assets.createAsset(anAsset({ asset_id: 'USDC', current_price: '0.9999', price_scale: 4 }));
    await market.maker.start();
    for (let second = 0; second < 620; second++) {
      clock.advanceSeconds(1);
      await market.maker.tick();
    }
    const mids = (assetId: string) =>
      market.published.filter(({ asset_id }) => asset_id === assetId).map(({ mid }) => Number(mid));
    const [btc, usdc] = await Promise.all([readColumns(files.BTC), readColumns(files.USDC)]);

    // The first price is far from that of the catalogue and waits for the second.
    expect(mids('BTC').length).toBeGreaterThanOrEqual(btc.length * 4 - 1);
    expect(Math.min(...mids('BTC'))).toBe(Math.min(...btc.map((row) => Number(row['low']))));
    expect(Math.max(...mids('BTC'))).toBe(Math.max(...btc.map((row) => Number(row['high']))));
    expect(market.midOf('BTC')).toBe(String(Number(btc.at(-1)?.['close'])));
    // The time line begins with the first candle; the first close comes at the end of that.
    expect(mids('USDC').slice(1, usdc.length + 1)).toEqual(usdc.map((row) => Number(row['close'])));
    expect(Math.min(...mids('USDC'))).toBeLessThan(0.95);
    await market.maker.stop();
    await runtime.dispose();
  });
});
