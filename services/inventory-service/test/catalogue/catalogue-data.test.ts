import { quoteAround } from '@cnop/common/entities/inventory/quote';
import { aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { expect, test } from 'vitest';
import catalogue from '../../src/catalogue/catalogue.json' with { type: 'json' };

const ids = catalogue.map(({ asset_id }) => asset_id);
/** Converts a decimal to whole numbers of 10^-18, independently of the code under test. */
const units = (text: string) => {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(18, '0'));
};

test.each([
  ['cryptocurrency', 14],
  ['stablecoin', 5],
  ['token', 8],
  ['nft', 4],
  ['commodity', 4],
])('the catalogue has enough assets of category %s', (category, least) => {
  expect(catalogue.filter((asset) => asset.category === category).length).toBeGreaterThanOrEqual(least);
});

test('the default list of 50 shows the whole catalogue', () => {
  expect(catalogue.length).toBeGreaterThanOrEqual(36);
  expect(catalogue.length).toBeLessThanOrEqual(50);
});

test('the file is sorted by unique ids', () => {
  expect(ids).toEqual([...new Set(ids)].toSorted());
});

test('the ranks follow the market caps, from 1 without a gap', () => {
  const byRank = catalogue.toSorted((one, other) => one.market_cap_rank - other.market_cap_rank);
  expect(byRank.map(({ market_cap_rank }) => market_cap_rank)).toEqual(catalogue.map((_asset, i) => i + 1));
  const caps = byRank.map(
    ({ circulating_supply, current_price }) => BigInt(circulating_supply) * units(current_price),
  );
  expect(caps).toEqual(caps.toSorted((one, other) => (one < other ? 1 : one > other ? -1 : 0)));
});

test.each(catalogue)(
  '$asset_id has every member, with a description and links in the expected form',
  (asset) => {
    expect(Object.keys(asset)).toEqual(Object.keys(catalogue[0] ?? {}));
    expect(asset.description).toMatch(/^[A-Z].{30,200}\.$/);
    expect(asset.description.slice(0, -1)).not.toMatch(/[.!?] /);
    expect(asset.website).toMatch(/^https:\/\/[a-z0-9.-]+\.[a-z]+(?:\/[\w.-]+)*$/);
    expect(asset.whitepaper ?? 'https://none').toMatch(/^https:\/\//);
  },
);

test.each(catalogue)('$asset_id has a price scale that is fine enough for its price', (asset) => {
  const [, fraction = ''] = asset.current_price.split('.');
  expect(fraction.length).toBeLessThanOrEqual(asset.price_scale);
  // A step of more than a thousandth of the price would make the market move in jumps.
  const step = 10n ** BigInt(18 - asset.price_scale);
  expect(units(asset.current_price)).toBeGreaterThan(step * 1_000n);
});

test.each(catalogue)('$asset_id has whole units in circulation', ({ circulating_supply }) => {
  expect(circulating_supply).toMatch(/^[1-9]\d*$/);
});

test.each(catalogue)('$asset_id has a change in USD that agrees with its change in percent', (asset) => {
  const price = Number(asset.current_price);
  const change = Number(asset.price_change_24h);
  const percentage = (change / (price - change)) * 100;
  expect(Math.abs(percentage - Number(asset.price_change_percentage_24h))).toBeLessThan(0.01);
});

test.each(catalogue.filter(({ asset_id, category }) => category === 'stablecoin' && asset_id !== 'EURC'))(
  '$asset_id is worth about a dollar',
  ({ current_price }) => {
    expect(Math.abs(Number(current_price) - 1)).toBeLessThan(0.005);
  },
);

test.each(catalogue)('$asset_id has the spread of its kind of asset', (asset) => {
  const majors = ['BTC', 'ETH', 'SOL', 'XRP', 'BNB'];
  const expected = asset.category === 'stablecoin' ? 1 : majors.includes(asset.asset_id) ? 5 : 20;
  expect(asset.spread_bps).toBe(expected);
  const priced = anAsset(asset as Parameters<typeof anAsset>[0]);
  const at = priced.last_price_update;
  const { bid, ask } = quoteAround(priced, {
    mid: aPrice(asset.current_price),
    at,
    source: 'manual',
    seq: 1,
  });
  const spread = (10_000 * (Number(ask) - Number(bid))) / Number(asset.current_price);
  expect(spread).toBeGreaterThanOrEqual(expected * 0.999);
  // Rounding to the digits of its prices adds at most a step on either side.
  expect(spread).toBeLessThan(expected + 2.01);
});
