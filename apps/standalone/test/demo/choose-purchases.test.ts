import { expect, test } from 'vitest';
import type { ListedAsset } from '../../src/demo/choose-purchases.ts';
import { choosePurchases, chooseSale } from '../../src/demo/choose-purchases.ts';

function listed(asset_id: string, overrides: Partial<ListedAsset> = {}): ListedAsset {
  return {
    asset_id,
    name: asset_id,
    current_price: '100.00',
    quantity_scale: 8,
    availability_status: 'available',
    category: 'cryptocurrency',
    ...overrides,
  };
}

const chosen = (...catalogue: ListedAsset[]): (readonly [string, string])[] =>
  choosePurchases(catalogue).map(({ asset, quantity }) => [asset.asset_id, quantity] as const);

test('the first three assets are bought, for less each time', () => {
  expect(chosen(listed('A'), listed('B'), listed('C'), listed('D'))).toEqual([
    ['A', '40'],
    ['B', '25'],
    ['C', '15'],
  ]);
});

test('an asset that is not available is skipped', () => {
  expect(chosen(listed('A', { availability_status: 'unavailable' }), listed('B'))).toEqual([['B', '40']]);
});

test('stablecoins are bought when there is nothing else', () => {
  const usdt = listed('USDT', { category: 'stablecoin' });
  expect(chosen(usdt, listed('A'))).toEqual([
    ['A', '40'],
    ['USDT', '25'],
  ]);
});

test('an empty catalogue gives no purchase', () => {
  expect(chosen()).toEqual([]);
});

test('a quantity has at most the digits of its asset, and at most four', () => {
  const odd = { current_price: '3' };
  expect(chosen(listed('A', { ...odd, quantity_scale: 0 }))).toEqual([['A', '1333']]);
  expect(chosen(listed('A', odd))).toEqual([['A', '1333.3333']]);
});

test('of a very expensive asset a very small part is bought', () => {
  expect(chosen(listed('A', { current_price: '900000000' }))).toEqual([['A', '0.00000444']]);
});

test('an asset that is too expensive is skipped', () => {
  expect(chosen(listed('A', { current_price: '9000', quantity_scale: 0 }), listed('B'))).toEqual([
    ['B', '40'],
  ]);
});

test('half is sold, or all of a quantity that cannot be divided', () => {
  expect(chooseSale({ asset: listed('A'), quantity: '0.05' })).toBe('0.025');
  expect(chooseSale({ asset: listed('A', { quantity_scale: 0 }), quantity: '3' })).toBe('1');
  expect(chooseSale({ asset: listed('A', { quantity_scale: 0 }), quantity: '1' })).toBe('1');
});
