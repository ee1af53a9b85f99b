import { describe, expect, it } from 'vitest';
import { findAssets } from '../../../../src/features/admin/assets/assets-search.ts';
import { managedAsset } from './managed-asset-fixture.ts';

const assets = [
  managedAsset({ asset_id: 'NEAR', symbol: 'NEAR', name: 'Near Protocol' }),
  managedAsset({ asset_id: 'BTC', status: 'cancel_only', is_active: false }),
  managedAsset({ asset_id: 'PAXG', symbol: 'PAXG', name: 'Pax Gold', category: 'commodity' }),
];
const found = (search: Parameters<typeof findAssets>[1]) =>
  findAssets(assets, search).map(({ asset_id }) => asset_id);

describe('the search of assets', () => {
  it('returns all assets by id, including closed ones', () => {
    expect(found({})).toEqual(['BTC', 'NEAR', 'PAXG']);
  });

  it('matches id, symbol or part of the name, ignoring case', () => {
    expect(found({ q: ' GOLD ' })).toEqual(['PAXG']);
    expect(found({ q: 'btc' })).toEqual(['BTC']);
  });

  it('applies all filters', () => {
    expect(found({ status: 'cancel_only' })).toEqual(['BTC']);
    expect(found({ status: 'cancel_only', category: 'commodity' })).toEqual([]);
  });
});
