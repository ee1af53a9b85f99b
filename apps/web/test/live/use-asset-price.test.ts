import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { priceOfAsset } from '../../src/live/use-asset-price.ts';

const asset = {
  asset_id: anAssetId('SHIB'),
  current_price: aPrice('0.0000110'),
  price_scale: 7,
  price_change_24h: 0.000001,
  price_change_percentage_24h: 10,
};

describe('the price of an asset', () => {
  it('is that of the list until the stream has one, with an exact change', () => {
    const { mid, change, changePercent } = priceOfAsset(asset, undefined);
    expect({ mid, change, changePercent }).toEqual({
      mid: '0.0000110',
      change: '0.000001',
      changePercent: '10',
    });
  });

  it('changes with the quote of the stream, from the same reference', () => {
    const live = { mid: aPrice('0.0000095'), bid: aPrice('0.0000094'), ask: aPrice('0.0000096') };
    expect(priceOfAsset(asset, live)).toEqual({ ...live, change: '-0.0000005', changePercent: '-5' });
  });

  it('has the percentage of the list if the change is unknown', () => {
    const unknown = { ...asset, price_change_24h: null, price_change_percentage_24h: -1.88 };
    expect(priceOfAsset(unknown, undefined)).toMatchObject({ change: undefined, changePercent: -1.88 });
    expect(
      priceOfAsset({ ...unknown, price_change_percentage_24h: null }, undefined).changePercent,
    ).toBeNull();
  });
});
