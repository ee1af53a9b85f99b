import { balanceSchema } from '@cnop/common/entities/user/balance';
import {
  balanceTransactionSchema,
  directionSchema,
  transactionStatusSchema,
  transactionTypeSchema,
} from '@cnop/common/entities/user/balance-transaction';
import {
  dateOfBirthSchema,
  nameSchema,
  newPasswordSchema,
  phoneSchema,
  userRoleSchema,
  userSchema,
  userStatusSchema,
} from '@cnop/common/entities/user/user';
import { aBalance, aBalanceTransaction, aUser, BUILT_PASSWORD } from '@cnop/testing/builders/user';
import { describe, expect, it } from 'vitest';
import type { FieldCases } from './field-cases.ts';
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
} from './field-cases.ts';

const name: FieldCases = {
  accepts: [
    ['A'],
    ['a'.repeat(100)],
    ["Anne-Marie O'Neill"],
    ['O’Neill'],
    ['José'],
    ['Jose\u0301'],
    ['東京'],
    ['  Alice  ', 'Alice'],
  ],
  refuses: [
    null,
    1,
    undefined,
    '',
    '   ',
    'a'.repeat(101),
    'Al1ce',
    'A.',
    '<b>',
    'a@b',
    'a\0b',
    'a\tb',
    '😀',
    '\ud800',
  ],
};

const phone: FieldCases = {
  accepts: [['1234567890'], ['123456789012345'], ['+1234567890'], ['+123456789012345']],
  refuses: [
    1234567890,
    '',
    '123456789',
    '1234567890123456',
    '+',
    '++1234567890',
    '123 456 7890',
    '123-456-7890',
    '1234567890+',
    '१२३४५६७८९०',
  ],
};

const dateOfBirth: FieldCases = {
  accepts: [['1990-01-31'], ['2000-02-29'], ['1900-12-31']],
  refuses: [
    1990,
    '',
    '1990-1-31',
    '1990-02-30',
    '2001-02-29',
    '1900-02-29',
    '1990-13-01',
    '1990-01-31T00:00:00.000Z',
    '31.01.1990',
  ],
};

const email: FieldCases = {
  accepts: [['a@b.c'], ['ALICE@Example.com', 'alice@example.com']],
  refuses: [null, undefined, '', 'alice', 'a@b', `${'a'.repeat(250)}@b.cd`],
};

const role = oneOf('customer', 'admin', 'moderator');
const status = oneOf('active', 'inactive', 'suspended', 'pending');

describe('a user', () => {
  describeEntityFields(userSchema, aUser(), {
    username: required.username,
    email,
    password_hash: {
      accepts: [['x'.repeat(60)]],
      refuses: [null, undefined, '', 'x'.repeat(59), 'x'.repeat(61), 60],
    },
    first_name: name,
    last_name: name,
    phone: nullable(phone),
    date_of_birth: nullable(dateOfBirth),
    marketing_emails_consent: {
      accepts: [[true], [false], [undefined, false]],
      refuses: [null, 'true', 'false', 0, 1],
    },
    role: withDefault(role, 'customer'),
    status: withDefault(status, 'active'),
    created_at: required.timestamp,
    updated_at: required.timestamp,
    last_login: nullable(required.timestamp),
  });
});

describeField('a role', userRoleSchema, role);
describeField('a status of a user', userStatusSchema, status);
describeField('a name', nameSchema, name);
describeField('a phone number', phoneSchema, phone);
describeField('a date of birth', dateOfBirthSchema, dateOfBirth);

describe('a new password', () => {
  describeField('by its rules', newPasswordSchema, {
    accepts: [
      [BUILT_PASSWORD],
      ['Abcdefghij1!'],
      [`Aa1!${'x'.repeat(68)}`],
      [`Aa1!${'😀'.repeat(17)}`],
      ['Éàbcdefghij1 -'],
      ['Correct horse 9 battery.'],
    ],
    refuses: [
      null,
      undefined,
      123456789012,
      '',
      'Abcdefghi1!',
      `Aa1!${'x'.repeat(69)}`,
      `Aa1!${'😀'.repeat(17)}x`,
      `Aa1!${'x'.repeat(1_000_000)}`,
      'abcdefghij1!',
      'ABCDEFGHIJ1!',
      'Abcdefghijk!',
      'Abcdefghijk1',
      'Abcdefghij 1',
      'Abcdefgh\0ij1!',
    ],
  });

  it('is told everything that it lacks at once', () => {
    const messages = newPasswordSchema.safeParse('abcdefghijkl').error?.issues.map((issue) => issue.message);
    expect(messages).toEqual(['Add an upper-case letter.', 'Add a digit.', 'Add a special character.']);
  });
});

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
    created_at: required.timestamp,
    updated_at: required.timestamp,
    last_transaction: nullable(required.timestamp),
  });
});

const type = oneOf('deposit', 'withdraw', 'order_payment', 'order_refund', 'system_adjustment', 'transfer');
const transactionStatus = oneOf('pending', 'completed', 'failed', 'cancelled', 'processing');
const direction = oneOf('debit', 'credit');

describe('a balance transaction', () => {
  describeEntityFields(balanceTransactionSchema, aBalanceTransaction(), {
    transaction_id: required.id,
    username: required.username,
    sequence: integer({ min: 1 }),
    amount: positiveDecimal,
    direction,
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
