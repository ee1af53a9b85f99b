import { assetCategorySchema } from '@cnop/common/entities/inventory/asset';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Walk } from '../../src/domain/random-walk.ts';
import { publishedPrice, startWalk, stepWalk } from '../../src/domain/random-walk.ts';
import { createRandomSource } from '../../src/price-feed/simulated-feed.ts';

const walked = fc.record({
  asset_id: fc.stringMatching(/^[A-Z]{1,5}$/).map(anAssetId),
  category: fc.constantFrom(...assetCategorySchema.options),
  daily_volatility_bps: fc.integer({ min: 0, max: 10_000 }),
  price_scale: fc.integer({ min: 0, max: 18 }),
});
const price = fc
  .oneof(
    fc.constantFrom('1', '0.000000000000000001', '999999999999999', '0.9999', '105240.55'),
    fc.integer({ min: 1, max: 10 ** 9 }).map((cents) => (cents / 100).toString()),
  )
  .map(aPrice);
type Walked = typeof walked extends fc.Arbitrary<infer Asset> ? Asset : never;

function prices(
  walk: Walk,
  asset: Walked,
  { steps, seconds, seed = 'seed' }: { steps: number; seconds: number; seed?: string },
): string[] {
  const draw = createRandomSource(seed).stream('walk');
  const found: string[] = [];
  let at = walk;
  for (let i = 0; i < steps; i++) {
    at = stepWalk(at, asset, { seconds, normal: draw() });
    found.push(publishedPrice(at.price, asset.price_scale));
  }
  return found;
}

const deviationOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

describe('a random walk', () => {
  test('publishes positive decimals of its scale, in their shortest form', () => {
    fc.assert(
      fc.property(walked, price, fc.constantFrom(0.01, 1, 60, 86_400), (asset, from, seconds) => {
        for (const shown of prices(startWalk(asset, from), asset, { steps: 10, seconds })) {
          expect(shown).toMatch(/^(0|[1-9]\d{0,14})(\.\d*[1-9])?$/);
          expect(shown.split('.')[1]?.length ?? 0).toBeLessThanOrEqual(asset.price_scale);
          expect(Number(shown)).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('moves in a day by about the volatility of its asset, in small steps and in large ones', () => {
    const asset = anAsset({ daily_volatility_bps: 300 });
    for (const seconds of [600, 86_400]) {
      const daily = Array.from({ length: 400 }, (_, i) => {
        const options = { steps: 86_400 / seconds, seconds };
        return Math.log(
          Number(prices(startWalk(asset, aPrice('50000')), asset, { ...options, seed: `day ${i}` }).at(-1)) /
            50_000,
        );
      });
      expect(deviationOf(daily)).toBeGreaterThan(0.025);
      expect(deviationOf(daily)).toBeLessThan(0.035);
    }
  });

  test('does not move without volatility', () => {
    const asset = anAsset({ daily_volatility_bps: 0 });
    const options = { steps: 100, seconds: 60 };
    expect(new Set(prices(startWalk(asset, aPrice('50000')), asset, options))).toEqual(new Set(['50000']));
  });

  test('keeps more digits than it publishes, so that small steps add up', () => {
    const asset = anAsset({ daily_volatility_bps: 300, price_scale: 0 });
    const shown = prices(startWalk(asset, aPrice('100')), asset, { steps: 86_400, seconds: 1 });
    expect(new Set(shown).size).toBeGreaterThan(3);
  });
});

describe('the walk of a stablecoin', () => {
  const coin = anAsset({ category: 'stablecoin', daily_volatility_bps: 5, price_scale: 4 });
  const day = { steps: 24 * 60, seconds: 60 };

  test('stays near the dollar, and returns to it from a distance', () => {
    for (const from of [aPrice('1'), aPrice('0.97'), aPrice('1.05')]) {
      const shown = prices(startWalk(coin, from), coin, day).map(Number);
      expect(Math.abs((shown.at(-1) ?? 0) - 1)).toBeLessThan(0.002);
    }
  });

  test('of another currency stays near its own price', () => {
    const shown = prices(startWalk(coin, aPrice('1.1718')), coin, day).map(Number);
    expect(Math.min(...shown)).toBeGreaterThan(1.165);
    expect(Math.max(...shown)).toBeLessThan(1.178);
  });
});
