import { candleRecord, createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
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
