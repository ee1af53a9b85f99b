import type { IsoTime, Price } from '@cnop/common/core/brands';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';
import { anAssetId, aPrice, aQuantity, aTime } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandleSpan } from '../../../src/domain/reading/watched-prices.ts';
import { candleSpansOf, endOfMinute, furthest, partsOf } from '../../../src/domain/reading/watched-prices.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-01-15T12:00:00.000Z');

const lengthOf = ({ interval }: Pick<CandleSpan, 'interval'>) => CANDLE_SECONDS[interval] * 1_000;
const show = (spans: readonly CandleSpan[]) =>
  spans.map(
    ({ interval, from, to, count }) => `${count} x ${interval} ${from.slice(0, 16)} ${to.slice(0, 16)}`,
  );

describe('the candles of a period', () => {
  it.each([
    ['less than a minute', START + 1, START + 59_999, []],
    ['nothing', START, START, []],
    ['one minute', START, START + MINUTE, ['1 x 1m 2026-01-15T12:00 2026-01-15T12:00']],
    [
      'two minutes and a millisecond on either side',
      START - 1,
      START + 2 * MINUTE + 1,
      ['2 x 1m 2026-01-15T12:00 2026-01-15T12:01'],
    ],
    ['1,000 minutes', START, START + 1_000 * MINUTE, ['1000 x 1m 2026-01-15T12:00 2026-01-16T04:39']],
    [
      '1,000 minutes and a millisecond',
      START,
      START + 1_000 * MINUTE + 1,
      [
        '16 x 1h 2026-01-15T12:00 2026-01-16T03:00',
        '2 x 15m 2026-01-16T04:00 2026-01-16T04:15',
        '2 x 5m 2026-01-16T04:30 2026-01-16T04:35',
      ],
    ],
    [
      'thirty days',
      START + 17 * MINUTE + 30_000,
      START + 30 * DAY + 8 * MINUTE,
      [
        '2 x 1m 2026-01-15T12:18 2026-01-15T12:19',
        '2 x 5m 2026-01-15T12:20 2026-01-15T12:25',
        '2 x 15m 2026-01-15T12:30 2026-01-15T12:45',
        '11 x 1h 2026-01-15T13:00 2026-01-15T23:00',
        '29 x 1d 2026-01-16T00:00 2026-02-13T00:00',
        '12 x 1h 2026-02-14T00:00 2026-02-14T11:00',
        '1 x 5m 2026-02-14T12:00 2026-02-14T12:00',
        '3 x 1m 2026-02-14T12:05 2026-02-14T12:07',
      ],
    ],
  ])('of %s', (_case, from, to, expected) => {
    expect(show(candleSpansOf({ from, to }))).toEqual(expected);
  });

  it('cover every whole minute of it once, in order, with few candles', () => {
    const periods = fc.tuple(fc.nat({ max: 400 * DAY }), fc.nat({ max: 365 * DAY }));
    fc.assert(
      fc.property(periods, ([offset, length]) => {
        const [from, to] = [START + offset, START + offset + length];
        const spans = candleSpansOf({ from, to });
        let reached = Math.ceil(from / MINUTE) * MINUTE;
        for (const span of spans) {
          expect(Date.parse(span.from)).toBe(reached);
          expect(Date.parse(span.to)).toBe(reached + (span.count - 1) * lengthOf(span));
          reached += span.count * lengthOf(span);
        }
        if (spans.length > 0) expect(reached).toBe(Math.floor(to / MINUTE) * MINUTE);
        else expect(to - reached).toBeLessThan(MINUTE);
        expect(spans.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(1_000);
        expect(spans.length).toBeLessThanOrEqual(9);
      }),
    );
  });

  it.each([
    ['1d', '24 x 1h 2026-01-15T00:00 2026-01-15T23:00'],
    ['1h', '4 x 15m 2026-01-15T00:00 2026-01-15T00:45'],
    ['15m', '3 x 5m 2026-01-15T00:00 2026-01-15T00:10'],
    ['5m', '5 x 1m 2026-01-15T00:00 2026-01-15T00:04'],
  ] as const)('split a candle of %s into the next shorter interval', (interval, expected) => {
    const parts = partsOf({ interval, open_time: aTime('2026-01-15T00:00:00.000Z') });
    expect(show(parts ? [parts] : [])).toEqual([expected]);
  });

  it('do not split a candle of a minute', () => {
    expect(partsOf({ interval: '1m', open_time: aTime('2026-01-15T00:00:00.000Z') })).toBeUndefined();
  });
});

describe('the end of a minute', () => {
  it.each([
    [START, START + MINUTE],
    [START + 1, START + MINUTE],
    [START + MINUTE - 1, START + MINUTE],
    [START + MINUTE, START + 2 * MINUTE],
  ])('of %i is %i', (at, end) => {
    expect(endOfMinute(at)).toBe(end);
  });
});

describe('the most extreme candle', () => {
  const candle = (open_time: IsoTime, low: Price, high: Price, interval: CandleInterval = '1m'): Candle => ({
    asset_id: anAssetId('BTC'),
    interval,
    open_time,
    open: low,
    high,
    low,
    close: high,
    volume: aQuantity('0'),
    final: true,
    source: 'manual',
    quotes: null,
  });
  const atMinute = (minute: string) => aTime(`2026-01-15T12:${minute}:00.000Z`);
  const [A, B, C] = [atMinute('00'), atMinute('01'), atMinute('02')];
  const candles = [
    candle(A, aPrice('9.5'), aPrice('100')),
    candle(B, aPrice('10'), aPrice('99')),
    candle(C, aPrice('9.50'), aPrice('100.0')),
  ];

  it('is the earliest of several, compared as numbers', () => {
    expect(furthest(candles, 'lowest')?.open_time).toBe(A);
    expect(furthest(candles, 'highest')?.open_time).toBe(A);
    expect(furthest(candles.slice(1), 'lowest')?.open_time).toBe(C);
    expect(furthest([], 'lowest')).toBeUndefined();
  });
});
