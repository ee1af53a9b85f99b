import type { IsoTime } from '@cnop/common/core/brands';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { candleSchema } from '@cnop/common/entities/inventory/candle';
import { aPrice, aTime } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import catalogue from '../../src/catalogue/catalogue.json' with { type: 'json' };
import { hasRecordedCandles, pastCandles } from '../../src/domain/past-candles.ts';
import { createRandomSource } from '../../src/price-feed/simulated-feed.ts';

const SPANS_MINUTES = { '1m': 1, '5m': 5, '15m': 15, '1h': 60, '1d': 1_440 } as const;
const COUNTS = { '1m': 120, '5m': 144, '15m': 96, '1h': 168, '1d': 365 } as const;
const INTERVALS = Object.keys(COUNTS) as CandleInterval[];
const MINUTE = 60_000;
const draws = (seed: string) => createRandomSource(seed).stream('past');
const UNTIL = new Date('2026-03-03T14:37:12.345Z');

const of = (candles: readonly Candle[], interval: CandleInterval) =>
  candles.filter((candle) => candle.interval === interval);
const spanOf = ({ interval, open_time }: Candle) => {
  const from = Date.parse(open_time);
  return { from, to: from + SPANS_MINUTES[interval] * MINUTE };
};

function expectWhole(candles: readonly Candle[], { price, until }: { price: string; until: number }): void {
  for (const interval of INTERVALS) {
    const told = of(candles, interval);
    expect(told.filter(({ final }) => final)).toHaveLength(COUNTS[interval]);
    for (const [i, candle] of told.entries()) {
      expect(candleSchema.parse(candle)).toEqual(candle);
      const { from, to } = spanOf(candle);
      expect(from % (SPANS_MINUTES[interval] * MINUTE)).toBe(0);
      expect(candle.final).toBe(to <= until);
      const [open, high, low, close] = [candle.open, candle.high, candle.low, candle.close].map(Number);
      expect(high).toBeGreaterThanOrEqual(Math.max(open!, close!));
      expect(low).toBeLessThanOrEqual(Math.min(open!, close!));
      const next = told[i + 1];
      if (next)
        expect({ at: Date.parse(next.open_time), open: next.open }).toEqual({ at: to, open: candle.close });
      else expect(candle.close).toBe(price);
    }
  }
}

/** Expects every candle that is covered by a shorter interval to agree with it; returns the number of such candles. */
function expectConsistent(candles: readonly Candle[]): number {
  let compared = 0;
  for (const [i, interval] of INTERVALS.entries()) {
    const finer = i === 0 ? [] : of(candles, INTERVALS[i - 1]!);
    for (const candle of of(candles, interval)) {
      const { from, to } = spanOf(candle);
      const parts = finer.filter((part) => spanOf(part).from >= from && spanOf(part).to <= to);
      const [first] = parts;
      if (!first || spanOf(first).from !== from) continue;
      compared += 1;
      expect(Number(candle.high)).toBe(Math.max(...parts.map(({ high }) => Number(high))));
      expect(Number(candle.low)).toBe(Math.min(...parts.map(({ low }) => Number(low))));
      expect([candle.open, candle.close]).toEqual([first.open, parts.at(-1)?.close]);
    }
  }
  return compared;
}

describe('the generated history of an asset', () => {
  test.each(catalogue.filter((_, i) => i % 7 === 0))(
    '$asset_id ends at its price, without a gap',
    (entry) => {
      const asset = anAsset(entry as Parameters<typeof anAsset>[0]);
      const candles = pastCandles({ draw: draws('seed'), asset, price: asset.current_price, until: UNTIL });
      expectWhole(candles, { price: asset.current_price, until: Date.parse('2026-03-03T14:37:00.000Z') });
      expect(expectConsistent(candles)).toBeGreaterThan(60);
    },
  );

  test('is the same in every interval, whenever it ends', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
        (until) => {
          const candles = pastCandles({
            draw: draws('seed'),
            asset: anAsset(),
            price: aPrice('50000'),
            until,
          });
          expectWhole(candles, { price: '50000', until: Math.floor(until.getTime() / MINUTE) * MINUTE });
          expectConsistent(candles);
        },
      ),
      { numRuns: 8 },
    );
  });

  test('is reproducible by its seed', () => {
    const past = (seed: string) =>
      pastCandles({ draw: draws(seed), asset: anAsset(), price: aPrice('50000'), until: UNTIL });
    expect(past('a')).toEqual(past('a'));
    expect(past('a')).not.toEqual(past('b'));
  });

  test('of a stablecoin never leaves its peg', () => {
    const asset = anAsset({ category: 'stablecoin', daily_volatility_bps: 5, price_scale: 4 });
    const candles = pastCandles({ draw: draws('seed'), asset, price: aPrice('0.9999'), until: UNTIL });
    for (const { high, low } of candles) {
      expect(Number(high)).toBeLessThan(1.005);
      expect(Number(low)).toBeGreaterThan(0.995);
    }
  });
});

describe('hasRecordedCandles', () => {
  const asset = anAsset({ created_at: '2026-03-03T10:00:00.000Z' });
  const candle = (open_time: IsoTime, interval: CandleInterval = '1d'): Candle => ({
    ...pastCandles({ draw: draws(''), asset, price: aPrice('1'), until: UNTIL })[0]!,
    open_time,
    interval,
  });

  test.each([
    ['no candles', [], false],
    ['the days before, of an interrupted history', [candle(aTime('2026-03-02T00:00:00.000Z'))], false],
    ['minutes of a history', [candle(aTime('2026-03-03T09:59:00.000Z'), '1m')], false],
    ['the first day', [candle(aTime('2026-03-03T00:00:00.000Z'))], true],
    ['a later day', [candle(aTime('2026-05-01T00:00:00.000Z'))], true],
  ])('%s: %s', (_case, latest, expected) => {
    expect(hasRecordedCandles(asset, latest)).toBe(expected);
  });
});
