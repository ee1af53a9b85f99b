import { balanceSchema } from '@cnop/common/entities/user/balance';
import {
  balanceTransactionSchema,
  directionSchema,
  transactionStatusSchema,
  transactionTypeSchema,
} from '@cnop/common/entities/user/balance-transaction';
import { aBalance, aBalanceTransaction } from '@cnop/testing/builders/user';
import { describe } from 'vitest';
import type { FieldCases } from '../field-cases.ts';
import {
  describeEntityFields,
  describeField,
  integer,
  nullable,
  oneOf,
  positiveDecimal,
  required,
  text,
  withDefault,
} from '../field-cases.ts';

const amounts = required.nonNegativeDecimal;

describe('a balance', () => {
  describeEntityFields(balanceSchema, aBalance(), {
    username: required.username,
    current_balance: amounts,
    held_balance: amounts,
    total_deposits: amounts,
    total_withdrawals: amounts,
    total_orders: amounts,
    total_refunds: amounts,
    transaction_count: integer({ min: 0 }),
    event_seq: withDefault(integer({ min: 0 }), 0),
    open_order_count: nullable(integer({ min: 0 })),
    trading_block: nullable(oneOf('inactive', 'suspended', 'pending')),
    sent_transfers: {
      accepts: [[{ day: '2026-01-31', count: 1, amount: '0.01' }], [null], [undefined, null]],
      refuses: [
        { day: '2026-02-30', count: 1, amount: '1' },
        { day: '2026-01-31', count: 0, amount: '1' },
        { day: '2026-01-31', count: 1, amount: '-1' },
      ],
    },
    transfers_frozen: withDefault({ accepts: [[true]], refuses: ['true', null] }, false),
    created_at: required.timestamp,
    updated_at: required.timestamp,
    last_transaction: nullable(required.timestamp),
  });
});

const type = oneOf('deposit', 'withdraw', 'order_payment', 'order_refund', 'system_adjustment', 'transfer');
const transactionStatus = oneOf('pending', 'completed', 'failed', 'cancelled', 'processing');
const direction = oneOf('debit', 'credit');
const legs: FieldCases = {
  accepts: [
    [
      [
        { account: 'house:asset:BTC', amount: `-1.${'0'.repeat(35)}1` },
        { account: 'house:fee', amount: '0.25' },
      ],
    ],
  ],
  refuses: [
    null,
    [],
    'house:fee',
    [{ account: 'house:fee' }],
    [{ account: 'house:fees', amount: '1' }],
    [{ account: 'house:asset:btc', amount: '1' }],
    [{ account: 'external:', amount: '1' }],
    [{ account: 'house:fee', amount: 1 }],
    [{ account: 'house:fee', amount: '-0' }],
    [{ account: 'house:fee', amount: '1e5' }],
    [{ account: 'house:fee', amount: '' }],
  ],
};

describe('a balance transaction', () => {
  describeEntityFields(balanceTransactionSchema, aBalanceTransaction(), {
    transaction_id: required.id,
    username: required.username,
    sequence: integer({ min: 1 }),
    amount: positiveDecimal,
    direction,
    legs,
    previous_balance: amounts,
    new_balance: amounts,
    transaction_type: type,
    status: withDefault(transactionStatus, 'pending'),
    description: nullable(text({ min: 0, max: 500 })),
    reference_id: nullable(required.id),
    created_at: required.timestamp,
    updated_at: required.timestamp,
    completed_at: nullable(required.timestamp),
  });
});

describeField('a type of transaction', transactionTypeSchema, type);
describeField('a status of a transaction', transactionStatusSchema, transactionStatus);
describeField('a direction', directionSchema, direction);
