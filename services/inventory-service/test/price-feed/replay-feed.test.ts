import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { priceSettings } from '@cnop/common/config/price-settings';
import { createLogger } from '@cnop/common/process/logger';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPriceFeed } from '../../src/price-feed/open-price-feed.ts';
import { createRandomSource } from '../../src/price-feed/simulated-feed.ts';
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
    { logger, random: createRandomSource('unused') },
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
    const priced = [{ asset: anAsset(), mid: aPrice('11') }];
    const played = Array.from({ length: 9 }, (_, i) =>
      feed.next(priced, new Date(START.getTime() + i * 15_000)).map(({ mid }) => mid),
    );
    expect(played.flat()).toEqual(['10', '8', '14', '12', '12', '13', '9', '10', '10']);
  });

  test('plays closes alone, at any speed, without skipping one', async () => {
    const closes = Array.from({ length: 50 }, (_, i) => `${1_677_628_800 + i * 60},${i + 1}`);
    const feed = await open(
      `BTC=${await write('closes.csv', ['open_time,close', ...closes].join('\r\n'))}`,
      '600',
    );
    const priced = [{ asset: anAsset(), mid: aPrice('1') }];
    const played = Array.from({ length: 6 }, (_, i) =>
      feed.next(priced, new Date(START.getTime() + i * 1_000)),
    );
    expect(played.flatMap((prices) => prices.map(({ mid }) => mid))).toEqual(
      Array.from({ length: 50 }, (_, i) => String(i + 1)),
    );
  });

  test('repeats the price of an asset without a recording, and the last price of a recording', async () => {
    const feed = await open(`BTC=${await write('end.csv', CANDLES)}`, '1000');
    const priced = [
      { asset: anAsset(), mid: aPrice('10') },
      { asset: anAsset({ asset_id: 'ETH' }), mid: aPrice('7') },
    ];
    feed.next(priced, START);
    feed.next(priced, new Date(START.getTime() + 60_000));
    expect(feed.next(priced, new Date(START.getTime() + 90_000))).toEqual([
      { asset_id: 'BTC', mid: '10' },
      { asset_id: 'ETH', mid: '7' },
    ]);
  });

  test('has each price due at its own time, not with the next tick', async () => {
    const feed = await open(`BTC=${await write('between.csv', CANDLES)}`, '20');
    const priced = [{ asset: anAsset(), mid: aPrice('10') }];
    const at = (milliseconds: number) => new Date(START.getTime() + milliseconds);
    feed.next(priced, START);
    expect(feed.betweenTicks?.dueInMilliseconds(START)).toBe(750);
    expect(feed.betweenTicks?.due(priced, at(749))).toEqual([]);
    expect(feed.betweenTicks?.due(priced, at(750))).toEqual([{ asset_id: 'BTC', mid: '8' }]);
    expect(feed.betweenTicks?.dueInMilliseconds(at(900))).toBe(600);
    feed.next(priced, at(5_250));
    expect(feed.betweenTicks?.dueInMilliseconds(at(5_250))).toBeUndefined();
  });

  test('repeats a price that was not accepted', async () => {
    const feed = await open(`BTC=${await write('believed.csv', CANDLES)}`);
    const priced = [{ asset: anAsset(), mid: aPrice('50000') }];
    expect(feed.next(priced, START)).toEqual([{ asset_id: 'BTC', mid: '10' }]);
    expect(feed.next(priced, new Date(START.getTime() + 1_000))).toEqual([{ asset_id: 'BTC', mid: '10' }]);
    feed.moveTo(anAsset({ current_price: '11' }));
    expect(feed.next([{ asset: anAsset(), mid: aPrice('11') }], new Date(START.getTime() + 2_000))).toEqual([
      { asset_id: 'BTC', mid: '11' },
    ]);
  });

  test.each(['gap-after-first-line.csv', 'daily-from-friday.csv'])(
    'of %s plays every price',
    async (name) => {
      const file = path.join(PROJECT_ROOT, 'packages/testing/recorded', name);
      expect(await playedOf(file)).toEqual((await readColumns(file)).flatMap(pricesOf));
    },
  );

  test('of minutes of which five are missing plays all others', async () => {
    const minutes = Array.from({ length: 3_000 }, (_, minute) => {
      const [open, close] = [minute, minute + 1].map((at) => 23_000 + 400 * Math.sin(at / 90));
      const prices = [open!, Math.max(open!, close!) + 7, Math.min(open!, close!) - 7, close!];
      return [
        new Date(Date.UTC(2023, 2, 1, 0, minute)).toISOString(),
        ...prices.map((price) => price.toFixed(2)),
      ].join(',');
    });
    const kept = minutes.filter((_, minute) => minute < 1 || minute > 5);
    const file = await write('BTC-1m.csv', ['open_time,open,high,low,close', ...kept].join('\n'));
    const played = await playedOf(file);
    expect(played).toHaveLength(kept.length * 4);
    expect(played).toEqual((await readColumns(file)).flatMap(pricesOf));
  });
});

/** Returns every price that a replay of a file plays, in order. */
async function playedOf(file: string): Promise<string[]> {
  const STEPS = 5_000;
  const feed = await open(`BTC=${file}`, '20');
  const times = (await readColumns(file)).map((line) => Date.parse(line['open_time'] ?? ''));
  // The last candle goes on after its opening time.
  const stepMilliseconds = (2 * (times.at(-1)! - times[0]!)) / 20 / STEPS;
  const priced = [{ asset: anAsset(), mid: aPrice('1') }];
  const first = feed.next(priced, START);
  const later = Array.from({ length: STEPS }, (_, step) => {
    const now = new Date(START.getTime() + (step + 1) * stepMilliseconds);
    const due = feed.betweenTicks?.due(priced, now) ?? [];
    // Nothing more is due at the tick, which repeats the last price.
    feed.next(priced, now);
    return due;
  });
  return [first, ...later].flat().map(({ mid }) => mid);
}

/** Returns the four prices of a line in the order in which they are played. */
function pricesOf(line: Readonly<Record<string, string>>): string[] {
  const [open = '', high = '', low = '', close = ''] = ['open', 'high', 'low', 'close'].map(
    (name) => line[name],
  );
  return Number(close) >= Number(open) ? [open, low, high, close] : [open, high, low, close];
}

/** Reads the columns of a recorded file without the code under test. */
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
    // While the jump from the catalogue's price is unconfirmed, quotes repeat that price.
    const played = market.published.filter(({ suspended }) => !suspended);
    const mids = (assetId: string) =>
      played.filter(({ asset_id }) => asset_id === assetId).map(({ mid }) => Number(mid));
    const [btc, usdc] = await Promise.all([readColumns(files.BTC), readColumns(files.USDC)]);

    // The first price is a jump from that of the catalogue and is confirmed by the second.
    expect(mids('BTC').length).toBeGreaterThanOrEqual(btc.length * 4 - 1);
    expect(Math.min(...mids('BTC'))).toBe(Math.min(...btc.map((row) => Number(row['low']))));
    expect(Math.max(...mids('BTC'))).toBe(Math.max(...btc.map((row) => Number(row['high']))));
    expect(market.midOf(anAssetId('BTC'))).toBe(String(Number(btc.at(-1)?.['close'])));
    // The time line begins with the first candle; the first close comes at the end of that. A tick may repeat a price.
    const changes = (prices: readonly number[]) => prices.filter((price, i) => price !== prices[i - 1]);
    const closes = changes(usdc.map((row) => Number(row['close'])));
    expect(changes(mids('USDC').slice(1)).slice(0, closes.length)).toEqual(closes);
    expect(Math.min(...mids('USDC'))).toBeLessThan(0.95);
    await market.maker.stop();
    await runtime.dispose();
  });
});
