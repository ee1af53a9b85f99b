import { isoTime } from '@cnop/common/core/brands';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import { aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { describe, expect, test } from 'vitest';
import catalogue from '../../src/catalogue/catalogue.json' with { type: 'json' };
import { createRandomSource, createSimulatedFeed } from '../../src/price-feed/simulated-feed.ts';

const NOW = new Date('2026-03-01T09:00:00.000Z');
const BTC = anAsset({ current_price: '50000', daily_volatility_bps: 300, price_scale: 8 });
const TICKS = 10_000;

/** Returns the prices of a new feed, from a price that is set first. */
function ticks(seed: string | undefined, count: number): string[] {
  const feed = createSimulatedFeed({ random: createRandomSource(seed), tickSeconds: 1 });
  feed.moveTo(BTC);
  let mid = BTC.current_price;
  return Array.from({ length: count }, () => {
    mid = feed.next([{ asset: BTC, mid }], NOW)[0]?.mid ?? mid;
    return mid;
  });
}

/** Returns the logarithmic steps of a walk, in standard deviations. */
function stepsOf(prices: readonly string[]): number[] {
  const steps = prices.slice(1).map((price, i) => Math.log(Number(price) / Number(prices[i])));
  const size = Math.sqrt(steps.reduce((sum, step) => sum + step ** 2, 0) / steps.length);
  return steps.map((step) => step / size);
}

/** A predictable generator: 32 bits of state, stepped by a constant, seeded with a text. */
function* predictableDraws(text: string): Generator<number> {
  let state = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01_00_01_93);
  state >>>= 0;
  const uniform = (): number => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  for (;;) {
    const radius = uniform();
    yield Math.sqrt(-2 * Math.log(1 - radius)) * Math.cos(2 * Math.PI * uniform());
  }
}

/** Returns the share of right guesses at the direction of a step. */
function hitsOf(steps: readonly number[], guess: (i: number) => number): number {
  const right = steps.filter((step, i) => Math.sign(step) === Math.sign(guess(i)));
  return right.length / steps.length;
}

/** Five standard deviations of a fair coin, so that chance does not fail this test. */
const TOLERANCE = (5 * 0.5) / Math.sqrt(TICKS);

describe('simulated prices without a seed', () => {
  const steps = stepsOf(ticks(undefined, TICKS));

  test('are not predicted by a generator of 32 bits', () => {
    const predictable = predictableDraws('cnop:BTC:50000');
    const guesses = Array.from({ length: TICKS }, () => Number(predictable.next().value)).slice(1);
    // Control: it predicts each of its own steps.
    expect(hitsOf(guesses, (i) => guesses[i] ?? 0)).toBe(1);
    expect(Math.abs(hitsOf(steps, (i) => guesses[i] ?? 0) - 0.5)).toBeLessThan(TOLERANCE);
  });

  test.each([1, 2, 3, 5, 8])('do not correlate with the step %i ticks before', (lag) => {
    const later = steps.slice(lag);
    expect(Math.abs(hitsOf(later, (i) => steps[i] ?? 0) - 0.5)).toBeLessThan(TOLERANCE);
    const correlation = later.reduce((sum, step, i) => sum + step * (steps[i] ?? 0), 0) / later.length;
    expect(Math.abs(correlation)).toBeLessThan(2 * TOLERANCE);
  });

  test('differ between feeds and after each price that is set', () => {
    expect(ticks(undefined, 5)).not.toEqual(ticks(undefined, 5));
    const feed = createSimulatedFeed({ random: createRandomSource(undefined), tickSeconds: 1 });
    const ways = [1, 2].map(() => {
      feed.moveTo(BTC);
      return [1, 2, 3].map(() => feed.next([{ asset: BTC, mid: aPrice('50000') }], NOW)[0]?.mid);
    });
    expect(ways[0]).not.toEqual(ways[1]);
  });
});

describe('simulated prices with a seed', () => {
  test('are the same for the same seed, asset and price, and differ for another seed', () => {
    expect(ticks('a', 20)).toEqual(ticks('a', 20));
    expect(ticks('a', 20)).not.toEqual(ticks('b', 20));
  });

  test('differ for each asset and each starting price', () => {
    const { stream } = createRandomSource('a');
    const draws = (label: string) => [1, 2, 3].map(stream(label));
    expect(draws('BTC:1')).toEqual(draws('BTC:1'));
    expect(draws('BTC:1')).not.toEqual(draws('ETH:1'));
    expect(draws('BTC:1')).not.toEqual(draws('BTC:2'));
  });
});

/** A strategy: it returns whether to hold the asset over the next tick, given all mids so far. */
type Strategy = (mids: readonly number[]) => boolean;

const STRATEGIES: Record<string, Strategy> = {
  'follows the last step': (mids) => (mids.at(-1) ?? 0) > (mids.at(-2) ?? 0),
  'opposes the last step': (mids) => (mids.at(-1) ?? 0) < (mids.at(-2) ?? 0),
  'buys below the mean of ten ticks': (mids) => (mids.at(-1) ?? 0) < meanOf(mids.slice(-10)),
  'buys and sells at once': (mids) => mids.length % 2 === 0,
};

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.each(['BTC', 'DOGE', 'USDC'])('a bot that trades the shipped %s on 10,000 ticks', (assetId) => {
  const entry = catalogue.find(({ asset_id }) => asset_id === assetId);
  const asset = anAsset(entry as Parameters<typeof anAsset>[0]);

  test.each(Object.entries(STRATEGIES))('loses: %s', (_name, holdsNext) => {
    const feed = createSimulatedFeed({ random: createRandomSource(undefined), tickSeconds: 1 });
    const mids: number[] = [];
    let mid = asset.current_price;
    let cash = 1;
    let units = 0;
    for (let seq = 0; seq < TICKS; seq++) {
      mid = feed.next([{ asset, mid }], NOW)[0]?.mid ?? mid;
      mids.push(Number(mid));
      const quote = quoteAround(asset, { mid, at: isoTime(NOW), source: 'simulated', seq });
      if (holdsNext(mids) && units === 0) [cash, units] = [0, cash / Number(quote.ask)];
      else if (!holdsNext(mids) && units > 0) [cash, units] = [units * Number(quote.bid), 0];
    }
    expect(cash + units * Number(mid)).toBeLessThan(1);
  });
});
