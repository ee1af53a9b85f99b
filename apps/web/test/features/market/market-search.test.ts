import { assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import { describe, expect, it } from 'vitest';
import { selectAssets } from '../../../src/features/market/market-search.ts';

const at = '2026-01-31T12:00:00.000Z';

function asset(assetId: string, fields: Record<string, unknown> = {}) {
  return assetResponseSchema.parse({
    asset_id: assetId,
    symbol: assetId,
    name: `${assetId} coin`,
    current_price: '1',
    created_at: at,
    updated_at: at,
    last_price_update: at,
    price_usd: 1,
    is_active: true,
    availability_status: 'available',
    high_24h: null,
    low_24h: null,
    ...fields,
  });
}

const ids = (assets: readonly { readonly asset_id: string }[]) => assets.map(({ asset_id }) => asset_id);

describe('the search of assets', () => {
  const assets = [
    asset('NEAR', { current_price: '2.5', market_cap_rank: 2 }),
    asset('BTC', { current_price: '100000', market_cap_rank: 1, name: 'Bitcoin' }),
    asset('PAXG', { current_price: '9.99', category: 'commodity' }),
  ];

  it('matches id, symbol or part of the name, ignoring case', () => {
    expect(ids(selectAssets(assets, { q: 'bitC' }))).toEqual(['BTC']);
    expect(ids(selectAssets(assets, { q: ' near ' }))).toEqual(['NEAR']);
  });

  it('filters by category', () => {
    expect(ids(selectAssets(assets, { category: 'commodity' }))).toEqual(['PAXG']);
  });

  it('sorts by rank first, with unranked assets last in both directions', () => {
    expect(ids(selectAssets(assets, {}))).toEqual(['BTC', 'NEAR', 'PAXG']);
    expect(ids(selectAssets(assets, { sort: 'rank', dir: 'desc' }))).toEqual(['NEAR', 'BTC', 'PAXG']);
  });

  it.each([
    ['cap', 'market_cap'],
    ['volume', 'volume_24h'],
    ['change', 'price_change_percentage_24h'],
  ] as const)('sorts by %s as a number, with missing values last in both directions', (sort, field) => {
    const valued = [asset('AAA'), asset('BBB', { [field]: 10.5 }), asset('CCC', { [field]: 9 })];
    expect(ids(selectAssets(valued, { sort }))).toEqual(['BBB', 'CCC', 'AAA']);
    expect(ids(selectAssets(valued, { sort, dir: 'asc' }))).toEqual(['CCC', 'BBB', 'AAA']);
  });

  it('sorts prices as numbers, not as text', () => {
    expect(ids(selectAssets(assets, { sort: 'price' }))).toEqual(['BTC', 'PAXG', 'NEAR']);
    expect(ids(selectAssets(assets, { sort: 'price', dir: 'asc' }))).toEqual(['NEAR', 'PAXG', 'BTC']);
  });
});
