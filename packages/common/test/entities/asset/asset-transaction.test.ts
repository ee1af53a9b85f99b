import {
  assetTransactionSchema,
  assetTransactionStatusSchema,
  assetTransactionTypeSchema,
} from '@cnop/common/entities/asset/asset-transaction';
import { anAssetTransaction } from '@cnop/testing/builders/asset';
import { describe } from 'vitest';
import {
  describeEntityFields,
  describeField,
  nullable,
  oneOf,
  positiveDecimal,
  required,
  signedDecimal,
  text,
  withDefault,
} from '../field-cases.ts';

const type = oneOf('buy', 'sell', 'transfer', 'airdrop', 'staking', 'settlement');
const account = oneOf('house:asset:BTC', 'external:settlement', 'external:staking', 'external:airdrop');
const status = oneOf('pending', 'completed', 'failed', 'cancelled', 'processing');

describe('an asset transaction', () => {
  describeEntityFields(assetTransactionSchema, anAssetTransaction({ direction: 'in', cost: '1.00' }), {
    transaction_id: required.id,
    username: required.username,
    asset_id: required.assetId,
    transaction_type: type,
    quantity: positiveDecimal,
    counterpart: account,
    price: positiveDecimal,
    mid_price: nullable(positiveDecimal),
    total_amount: required.nonNegativeDecimal,
    order_id: nullable(required.id),
    status: withDefault(status, 'pending'),
    fees: nullable(required.nonNegativeDecimal),
    description: nullable(text({ min: 0, max: 500 })),
    realized_pnl: nullable(signedDecimal),
    timestamp: required.timestamp,
    created_at: required.timestamp,
    updated_at: required.timestamp,
    direction: oneOf('in', 'out'),
    cost: required.nonNegativeDecimal,
  });
});

describeField('a type of asset transaction', assetTransactionTypeSchema, type);
describeField('a status of an asset transaction', assetTransactionStatusSchema, status);
