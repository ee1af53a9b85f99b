import { isoTime } from '@cnop/common/core/brands';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { anAssetId, aPrice, aQuantity } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDayWindow, dayStart } from '../../src/domain/day-statistics.ts';

const QUARTER = 15 * 60_000;
const DAY = 24 * 60 * 60_000;
const START = Date.parse('2026-03-01T00:00:00.000Z');

const candle = (
  quarter: number,
  cents: readonly [number, number, number, number],
  final: boolean,
): Candle => {
  const [open, high, low, close] = cents.map((value) => aPrice((value / 100).toString()));
  return {
    asset_id: anAssetId('BTC'),
    interval: '15m',
    open_time: isoTime(new Date(START + quarter * QUARTER)),
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: aQuantity('2'),
    final,
    source: 'simulated',
    quotes: null,
  };
};
const prices = fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 9_999 }))).map((four) => {
  const [open = 1, , , close = 1] = four;
  return [open, Math.max(...four), Math.min(...four), close] as const;
});

describe('the statistics of a day', () => {
  test('cover the candles that opened within the last 24 hours', () => {
    fc.assert(
      fc.property(fc.array(prices, { minLength: 1, maxLength: 200, size: 'max' }), (all) => {
        const window = createDayWindow();
        const last = all.length - 1;
        const candles = all.map((cents, i) => candle(i, cents, i < last));
        for (const each of candles.slice(0, -1)) window.add([each]);
        const now = new Date(START + last * QUARTER + 60_000);
        const within = all.filter((_, i) => START + i * QUARTER > now.getTime() - DAY);
        const close = all[last]![3];
        expect(window.statisticsOf(candles[last]!, now)).toMatchObject({
          price_change_24h: ((close - within[0]![0]) / 100).toString(),
          high_24h: (Math.max(...within.map(([, high]) => high)) / 100).toString(),
          low_24h: (Math.min(...within.map(([, , low]) => low)) / 100).toString(),
          volume_24h: ((within.reduce((sum, [, , , at]) => sum + at, 0) * 2) / 100).toFixed(2),
        });
      }),
    );
  });

  test('count each candle once, in any order of adding', () => {
    const window = createDayWindow();
    const present = candle(3, [300, 300, 300, 300], false);
    for (const quarter of [2, 0, 1, 2, 0])
      window.add([candle(quarter, [quarter * 100 + 50, 900, 1, 700], true)]);
    expect(window.statisticsOf(present, new Date(START + 3 * QUARTER))).toEqual({
      price_change_24h: '2.5',
      price_change_percentage_24h: '500.00',
      high_24h: '9',
      low_24h: '0.01',
      volume_24h: '48.00',
    });
  });

  test('round a loss that is too small for a percentage to zero', () => {
    const present = {
      ...candle(0, [1, 1, 1, 1], false),
      open: aPrice('100000'),
      high: aPrice('100000'),
      close: aPrice('99999.99'),
    };
    expect(createDayWindow().statisticsOf(present, new Date(START))).toMatchObject({
      price_change_24h: '-0.01',
      price_change_percentage_24h: '0.00',
    });
  });

  test.each([
    [
      'rises from the smallest price to the largest',
      '0.000000000000000001',
      '999999999999999',
      '999999999999999.99',
    ],
    ['falls from the largest price to the smallest', '999999999999999', '0.000000000000000001', '-100.00'],
  ])('are limited to storable figures when a price %s', (_what, open, close, percentage) => {
    const present = {
      ...candle(0, [1, 1, 1, 1], false),
      open: aPrice(open),
      close: aPrice(close),
      high: aPrice(close),
      low: aPrice(open),
    };
    const statistics = createDayWindow().statisticsOf(
      { ...present, volume: aQuantity('999999999999999') },
      new Date(START),
    );
    expect(statistics).toMatchObject({ price_change_percentage_24h: percentage });
    for (const text of Object.values(statistics)) expect(text).toMatch(/^-?\d{1,15}(?:\.\d{1,18})?$/);
  });

  test('begin with the first quarter of an hour within the last 24 hours', () => {
    for (const [now, from] of [
      [DAY, QUARTER],
      [DAY + 1, QUARTER],
      [DAY + QUARTER - 1, QUARTER],
      [DAY + QUARTER, 2 * QUARTER],
    ] as const) {
      expect(dayStart(START + now) - START).toBe(from);
    }
  });
});
