import { candleRecord, createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import {
  openCandlesOf,
  openCandlesRecord,
  readOpenCandles,
  withOpenCandlesOf,
} from '@cnop/common/dao/inventory/open-candles-dao';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { anAssetId, aPrice, aQuantity, aTime } from '@cnop/testing/builders/brands';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IsoTime } from '../../../src/core/brands.ts';
import { isoTime } from '../../../src/core/brands.ts';

const aCandle = (interval: CandleInterval, open_time: IsoTime, asset_id = anAssetId('BTC')): Candle => ({
  asset_id,
  interval,
  open_time,
  open: aPrice('1'),
  high: aPrice('2'),
  low: aPrice('0.5'),
  close: aPrice('1.5'),
  volume: aQuantity('0'),
  final: true,
  source: 'simulated',
  quotes: null,
});

const minute = (n: number) => isoTime(new Date(Date.UTC(2026, 0, 15, 12, n)));

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await createTestRuntime({ clock: { now: () => new Date('2026-01-15T12:00:00.000Z') } });
  const candles = [
    ...Array.from({ length: 10 }, (_, n) => aCandle('1m', minute(n))),
    aCandle('1h', minute(0)),
    aCandle('1m', minute(3), anAssetId('ETH')),
  ];
  await runtime.store.transact({}, () => ({ writes: candles.map(candleRecord.create), result: undefined }));
});
afterAll(() => runtime.dispose());

describe('the candles of an asset', () => {
  it.each([
    ['all', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['from a moment on, inclusive', { from: minute(7) }, [7, 8, 9]],
    ['up to a moment, inclusive', { to: minute(2) }, [0, 1, 2]],
    ['of a period', { from: minute(4), to: minute(5) }, [4, 5]],
    ['of no time at all', { from: minute(5), to: minute(4) }, []],
    ['the first of them', { limit: 2 }, [0, 1]],
    ['the last of them, newest first', { limit: 2, order: 'descending' as const }, [9, 8]],
  ])('are read: %s', async (_case, period, expected) => {
    const query = {
      assetId: anAssetId('BTC'),
      interval: '1m',
      limit: 100,
      order: 'ascending',
      ...period,
    } as const;
    const found = await createCandleDao(runtime.store).getCandles(query);
    expect(found.map((candle) => candle.open_time)).toEqual(expected.map(minute));
    expect(found.every(({ asset_id, interval }) => asset_id === 'BTC' && interval === '1m')).toBe(true);
  });

  it.each([
    ['1m', 7],
    ['5m', 30],
    ['15m', 90],
    ['1h', 730],
  ] as const)('of %s are kept for %i days', (interval, days) => {
    const write = candleRecord.create(aCandle(interval, aTime('2026-01-15T12:00:00.000Z')));
    expect(write).toMatchObject({ expiresAtEpochSeconds: Date.UTC(2026, 0, 15 + days, 12) / 1_000 });
  });

  it('of a day are kept for ever', () => {
    expect(candleRecord.create(aCandle('1d', aTime('2026-01-15T00:00:00.000Z')))).not.toHaveProperty(
      'expiresAtEpochSeconds',
    );
  });
});

describe('open candles', () => {
  const BTC = anAssetId('BTC');
  const quote = (seq: number, bid: string) => ({ seq, bid: aPrice(bid) });
  const open: readonly Candle[] = [
    {
      ...aCandle('1m', minute(10)),
      final: false,
      quotes: { low: quote(1, '0.4'), high: quote(2, '1.9'), close: quote(3, '1.4') },
    },
    { ...aCandle('5m', minute(10)), final: false, high: aPrice('3') },
    { ...aCandle('1h', minute(0)), final: false, open: aPrice('7'), volume: aQuantity('2.5') },
  ];
  const store = async (candles: readonly Candle[]) =>
    runtime.store.transact({ open: openCandlesRecord.key({ sheet: 2 }) }, ({ open: item }) => {
      const before = openCandlesRecord.readIfPresent(item) ?? { sheet: 2, holder: 'maker', candles: {} };
      const after = withOpenCandlesOf(before, new Map([[BTC, candles]]));
      return { writes: [openCandlesRecord.replace(after)], result: undefined };
    });
  const read = async (period: Partial<Parameters<ReturnType<typeof createCandleDao>['getCandles']>[0]>) =>
    createCandleDao(runtime.store).getCandles({
      assetId: BTC,
      interval: '1m',
      limit: 3,
      order: 'descending',
      ...period,
    });

  it('are stored together without loss', async () => {
    await store(open);
    const [item] = await readOpenCandles(runtime.store);
    expect(item && openCandlesOf(item, BTC)).toEqual(open);
    expect(item && openCandlesOf(item, anAssetId('ETH'))).toEqual([]);
  });

  it('belong to the candles of a period', async () => {
    await store(open);
    expect((await read({})).map(({ open_time }) => open_time)).toEqual([10, 9, 8].map(minute));
    expect((await read({}))[0]).toEqual(open[0]);
    expect(await read({ to: minute(9), limit: 1 })).toMatchObject([{ open_time: minute(9) }]);
    const later = await read({ from: minute(9), order: 'ascending' });
    expect(later.map(({ open_time, final }) => [open_time, final])).toEqual([
      [minute(9), true],
      [minute(10), false],
    ]);
    const first = await read({ order: 'ascending' });
    expect(first.map(({ open_time }) => open_time)).toEqual([0, 1, 2].map(minute));
  });

  it('give way to the final candle of the same time', async () => {
    await store(open);
    expect(await read({ interval: '1h' })).toMatchObject([{ open_time: minute(0), open: '1', final: true }]);
    await store([]);
    expect((await read({}))[0]?.open_time).toBe(minute(9));
  });
});
