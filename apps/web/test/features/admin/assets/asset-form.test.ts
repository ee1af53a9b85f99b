import { describe, expect, it } from 'vitest';
import type { AssetField, AssetForm } from '../../../../src/features/admin/assets/asset-form.ts';
import {
  changedFields,
  closesTrading,
  emptyAssetForm,
  formOfAsset,
  readAssetChanges,
  readNewAsset,
} from '../../../../src/features/admin/assets/asset-form.ts';
import { managedAsset } from './managed-asset-fixture.ts';

const filled: AssetForm = {
  ...emptyAssetForm(),
  asset_id: 'zed',
  symbol: ' ZED ',
  name: 'Zed coin',
  current_price: '12,50',
};

describe('the form of a new asset', () => {
  it('starts with the defaults of the server', () => {
    expect(emptyAssetForm()).toMatchObject({
      asset_id: '',
      current_price: '',
      description: '',
      category: 'cryptocurrency',
      status: 'active',
      quantity_scale: '8',
      price_scale: '2',
      fee_bps: '0',
      daily_volatility_bps: '300',
    });
  });

  it('names every required field', () => {
    const reading = readNewAsset(emptyAssetForm());
    expect(reading).toEqual({
      kind: 'bad',
      fieldErrors: {
        asset_id: 'Required.',
        symbol: 'Required.',
        name: 'Required.',
        current_price: 'Required.',
      },
    });
  });

  it('sends decimals as text, integers as numbers and empty fields as null', () => {
    const reading = readNewAsset({
      ...filled,
      fee_bps: '25',
      market_cap_rank: '1,007',
      circulating_supply: '25,000.5',
    });
    expect(reading).toMatchObject({
      kind: 'good',
      body: {
        asset_id: 'ZED',
        symbol: 'ZED',
        name: 'Zed coin',
        current_price: '12.5',
        fee_bps: 25,
        market_cap_rank: 1007,
        circulating_supply: '25000.5',
        website: null,
        description: null,
      },
    });
  });

  it.each<[AssetField, string, RegExp]>([
    ['asset_id', 'B-TC', /letters and digits/],
    ['asset_id', 'TOOLONGFORIT', /At most 10/],
    ['symbol', 'x'.repeat(11), /At most 10/],
    ['name', 'x'.repeat(101), /At most 100/],
    ['current_price', '1e5', /plain decimal/],
    ['current_price', '0', /not be 0/],
    ['current_price', '-1', /plain decimal/],
    ['circulating_supply', 'a lot', /plain decimal/],
    ['market_cap_rank', '0', /At least 1/],
    ['market_cap_rank', '1.5', /whole number/],
    ['fee_bps', '', /Required/],
    ['fee_bps', '1001', /At most 1000/],
    ['fee_bps', '-1', /At least 0/],
    ['spread_bps', '2.5', /whole number/],
    ['price_scale', '19', /At most 18/],
    ['quantity_scale', '8.5', /whole number/],
    ['current_price', '0,125', /point for decimals, such as 0.125/],
    ['circulating_supply', '1.000,50', /point for decimals, such as 1000.50/],
    ['website', 'example.com', /http or https/],
    ['image', 'javascript:alert(1)', /http or https/],
    ['description', 'x'.repeat(1_001), /At most 1000/],
  ])('reports %s = %j at its field only', (field, typed, expected) => {
    const reading = readNewAsset({ ...filled, [field]: typed });
    expect(reading.kind).toBe('bad');
    const fieldErrors = reading.kind === 'bad' ? reading.fieldErrors : {};
    expect(Object.keys(fieldErrors)).toEqual([field]);
    expect(fieldErrors[field]).toMatch(expected);
  });
});

describe('the form of an existing asset', () => {
  const stored = formOfAsset(managedAsset({ description: 'Old', website: 'https://bitcoin.org' }));

  it('shows its supply and its volume as plain decimals', () => {
    const asset = managedAsset({ circulating_supply: '19880000.5', volume_24h: 1e-7, market_cap: 1e12 });
    expect(formOfAsset(asset)).toMatchObject({ circulating_supply: '19880000.5', volume_24h: '0' });
    expect(formOfAsset(managedAsset({ volume_24h: 312_000_000.5 }))).toMatchObject({
      volume_24h: '312000000.5',
    });
    expect(formOfAsset(asset)).not.toHaveProperty('market_cap');
  });

  it('sends only changed fields', () => {
    const form = { ...stored, name: 'Bitcoin core', fee_bps: '10', website: '' };
    expect(changedFields(form, stored)).toEqual(['name', 'website', 'fee_bps']);
    expect(readAssetChanges(form, stored)).toEqual({
      kind: 'good',
      body: { name: 'Bitcoin core', fee_bps: 10, website: null },
    });
  });

  it('sends neither id nor price, which it cannot change', () => {
    expect(changedFields({ ...stored, asset_id: 'ETH', current_price: '1' }, stored)).toEqual([]);
  });

  it('reports no errors for unchanged fields', () => {
    const odd = { ...stored, image: 'ftp://old' };
    expect(readAssetChanges({ ...odd, name: '' }, odd)).toEqual({
      kind: 'bad',
      fieldErrors: { name: 'Required.' },
    });
  });

  it.each([
    ['active', 'close_only', true],
    ['active', 'delisted', true],
    ['suspended', 'close_only', true],
    ['active', 'suspended', false],
    ['close_only', 'active', false],
    ['close_only', 'close_only', false],
  ])('from %s to %s cancels open orders: %s', (from, to, expected) => {
    expect(closesTrading({ ...stored, status: to }, { ...stored, status: from })).toBe(expected);
  });
});
