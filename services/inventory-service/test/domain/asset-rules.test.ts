import { assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import { ProblemError } from '@cnop/exception/problem-error';
import { aPrice, aQuantity, aUsd } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editAsset, reprice } from '../../src/domain/asset-rules.ts';
import { toAssetView } from '../../src/domain/asset-view.ts';

const AT = new Date('2026-03-01T09:00:00.000Z');

describe('reprice', () => {
  test('accepts a price if and only if its fraction digits fit the price scale', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 18 }),
        fc.bigInt(1n, 10n ** 12n),
        fc.integer({ min: 0, max: 18 }),
        (priceScale, units, digits) => {
          // The last digit is not zero, so the price really has that many.
          const text = `${units}7`.padStart(digits + 1, '0');
          const price = aPrice(digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`);
          const asset = anAsset({ price_scale: priceScale });
          if (digits <= priceScale) expect(reprice(asset, price, AT)).toMatchObject({ current_price: price });
          else expect(() => reprice(asset, price, AT)).toThrow(ProblemError);
        },
      ),
    );
  });

  test('changes only the price, its times and its seq', () => {
    const asset = anAsset();
    const { current_price, updated_at, last_price_update, quote_seq, ...others } = reprice(
      asset,
      aPrice('1.25'),
      AT,
    );
    expect({ current_price, updated_at, last_price_update, quote_seq }).toEqual({
      current_price: '1.25',
      updated_at: AT.toISOString(),
      last_price_update: AT.toISOString(),
      quote_seq: AT.getTime(),
    });
    expect(asset).toMatchObject(others);
  });
});

describe('editAsset', () => {
  test('never changes the quantity scale, and never lowers the price scale', () => {
    const scale = fc.integer({ min: 0, max: 18 });
    fc.assert(
      fc.property(
        scale,
        scale,
        scale,
        scale,
        (quantityScale, newQuantityScale, priceScale, newPriceScale) => {
          const asset = anAsset({ quantity_scale: quantityScale, price_scale: priceScale });
          const changes = { quantity_scale: newQuantityScale, price_scale: newPriceScale };
          const isAllowed = newQuantityScale === quantityScale && newPriceScale >= priceScale;
          if (isAllowed)
            expect(editAsset(asset, changes, { at: AT, lastPrice: aPrice('7') })).toMatchObject(changes);
          else
            expect(() => editAsset(asset, changes, { at: AT, lastPrice: aPrice('7') })).toThrow(ProblemError);
        },
      ),
    );
  });

  test('keeps the times of creation and of the price', () => {
    const asset = anAsset();
    expect(editAsset(asset, { name: 'Other' }, { at: AT, lastPrice: aPrice('7') })).toEqual({
      ...asset,
      name: 'Other',
      updated_at: AT.toISOString(),
    });
  });
});

describe('the circulating supply', () => {
  const edit = (changes: Parameters<typeof editAsset>[1]) =>
    editAsset(anAsset({ current_price: '9', circulating_supply: '5' }), changes, {
      at: AT,
      lastPrice: aPrice('8'),
    });

  test.each([
    ['as a supply', { circulating_supply: aQuantity('7') }, '7'],
    ['as a market cap, at the last price', { market_cap: aUsd('4') }, '0.5'],
    ['as a supply beside an empty market cap', { circulating_supply: aQuantity('7'), market_cap: null }, '7'],
    ['as a market cap beside an empty supply', { circulating_supply: null, market_cap: aUsd('4') }, '0.5'],
    ['as empty', { circulating_supply: null }, null],
    ['as an empty market cap', { market_cap: null }, null],
    ['not at all', { name: 'Other' }, '5'],
  ])('is given %s', (_how, changes, supply) => {
    expect(edit(changes)).toMatchObject({ circulating_supply: supply });
    expect(edit(changes)).not.toHaveProperty('market_cap');
  });

  test('is refused together with a market cap', () => {
    expect(() => edit({ circulating_supply: aQuantity('7'), market_cap: aUsd('4') })).toThrow(ProblemError);
  });
});

describe('delisting', () => {
  test('publishes the last price as the settlement price, and is final', () => {
    const asset = anAsset({ current_price: '9' });
    const delisted = editAsset(asset, { status: 'delisted' }, { at: AT, lastPrice: aPrice('7') });
    const delisted_at = AT.toISOString();
    expect(delisted).toMatchObject({ settlement_price: '7', delisted_at, settled_at: null });
    for (const status of ['active', 'close_only', 'suspended'] as const) {
      expect(() => editAsset(delisted, { status }, { at: AT, lastPrice: aPrice('8') })).toThrow('final');
    }
    const again = editAsset(
      delisted,
      { status: 'delisted', name: 'Gone' },
      { at: AT, lastPrice: aPrice('8') },
    );
    expect(again).toMatchObject({ name: 'Gone', settlement_price: '7' });
  });
});

describe('toAssetView', () => {
  test.each([
    ['active', true, 'available'],
    ['cancel_only', false, 'unavailable'],
    ['close_only', false, 'unavailable'],
    ['suspended', false, 'unavailable'],
    ['delisted', false, 'unavailable'],
  ] as const)('an asset that is %s', (status, is_active, availability_status) => {
    expect(toAssetView(anAsset({ status }), undefined)).toMatchObject({ is_active, availability_status });
  });

  test('has statistics as valid numbers for any price', () => {
    const units = fc.oneof(fc.bigInt(1n, 10n ** 33n - 1n), fc.constantFrom(1n, 10n ** 33n - 1n));
    const amount = units.map((count) => {
      const digits = String(count).padStart(19, '0');
      return `${digits.slice(0, -18)}.${digits.slice(-18)}`;
    });
    const supply = fc.option(fc.bigInt(0n, 10n ** 33n - 1n).map(String));
    fc.assert(
      fc.property(amount, amount, supply, (current_price, volume_24h, circulating_supply) => {
        const asset = anAsset({ current_price, price_scale: 18, volume_24h, circulating_supply });
        const view = toAssetView(asset, undefined);
        expect(assetResponseSchema.parse(view)).toEqual(view);
        expect(view.current_price).toBe(current_price);
        expect(view.market_cap === null).toBe(circulating_supply === null);
      }),
    );
  });

  test('keeps the exact price beside the number', () => {
    const view = toAssetView(
      anAsset({ current_price: '999999999999999.123456789012345678', price_scale: 18 }),
      undefined,
    );
    expect(view).toMatchObject({
      current_price: '999999999999999.123456789012345678',
      price_usd: 999999999999999.1,
    });
  });
});
