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

describe('the assets of a search', () => {
  it('are all of them in the order of their ids, closed ones too', () => {
    expect(found({})).toEqual(['BTC', 'NEAR', 'PAXG']);
  });

  it('are found by id, symbol or a part of the name, in any case', () => {
    expect(found({ q: ' GOLD ' })).toEqual(['PAXG']);
    expect(found({ q: 'btc' })).toEqual(['BTC']);
  });

  it('fit every filter', () => {
    expect(found({ status: 'cancel_only' })).toEqual(['BTC']);
    expect(found({ status: 'cancel_only', category: 'commodity' })).toEqual([]);
  });
});
