import {
  assetBalanceSchema,
  storedAssetBalanceSchema,
  valueHolding,
} from '@cnop/common/entities/asset/asset-balance';
import { anAssetBalance, aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { aPrice } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { describeEntityFields, nullable, required, signedDecimal, withDefault } from '../field-cases.ts';

const holding = {
  username: required.username,
  asset_id: required.assetId,
  quantity: required.nonNegativeDecimal,
  held_quantity: withDefault(required.nonNegativeDecimal, '0'),
  average_purchase_price: required.nonNegativeDecimal,
  total_invested: required.nonNegativeDecimal,
  realized_pnl: withDefault(signedDecimal, '0.00'),
  created_at: required.timestamp,
  updated_at: required.timestamp,
  last_transaction: nullable(required.timestamp),
  transferred_gain: signedDecimal,
};

describe('a position', () => {
  describeEntityFields(assetBalanceSchema, anAssetBalance({ transferred_gain: '1.00' }), {
    ...holding,
    current_market_value: required.nonNegativeDecimal,
    unrealized_pnl: signedDecimal,
  });
});

describe('a stored position', () => {
  describeEntityFields(storedAssetBalanceSchema, aStoredAssetBalance({ transferred_gain: '1.00' }), holding);
});

describe('the value of a position', () => {
  it.each([
    { quantity: '0.5', total_invested: '20000.00', price: '50000', value: '25000.00', gain: '5000.00' },
    { quantity: '0.5', total_invested: '20000.00', price: '30000', value: '15000.00', gain: '-5000.00' },
    { quantity: '0.5', total_invested: '20000.00', price: '40000', value: '20000.00', gain: '0.00' },
    { quantity: '0.33333333', total_invested: '1.00', price: '0.1', value: '0.03', gain: '-0.97' },
    { quantity: '0.00000001', total_invested: '0.01', price: '0.5', value: '0.00', gain: '-0.01' },
    { quantity: '0', total_invested: '0.00', price: '50000', value: '0.00', gain: '0.00' },
  ])('of $quantity at $price is $value, rounded down', ({ quantity, total_invested, price, value, gain }) => {
    const valued = valueHolding(aStoredAssetBalance({ quantity, total_invested }), aPrice(price));
    expect(valued).toMatchObject({ current_market_value: value, unrealized_pnl: gain });
    expect(assetBalanceSchema.parse(valued)).toEqual(valued);
  });
});
