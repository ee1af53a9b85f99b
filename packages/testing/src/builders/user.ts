import type { Session } from '@cnop/common/auth/session-rules';
import { sessionSchema } from '@cnop/common/auth/session-rules';
import type { Balance } from '@cnop/common/entities/user/balance';
import { balanceSchema } from '@cnop/common/entities/user/balance';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { balanceTransactionSchema } from '@cnop/common/entities/user/balance-transaction';
import type { User } from '@cnop/common/entities/user/user';
import { userSchema } from '@cnop/common/entities/user/user';
import type { z } from 'zod';
import { BUILT_AT, BUILT_TIMES, BUILT_USERNAME } from './defaults.ts';

/** The password of built users. Its hash has the lowest cost, to be fast. */
export const BUILT_PASSWORD = 'Correct-Horse-9-Battery';
const BUILT_PASSWORD_HASH = '$2b$04$AbB8hztonWG2ubl6xLZsdeIir2CTY3Aq/edrSgI2ut9hc3EpbbvSC';

/** Builds an active customer. */
export function aUser(overrides: Partial<z.input<typeof userSchema>> = {}): User {
  const username = overrides.username ?? BUILT_USERNAME;
  return userSchema.parse({
    username,
    email: `${username}@example.com`,
    password_hash: BUILT_PASSWORD_HASH,
    first_name: 'Alice',
    last_name: 'Example',
    ...BUILT_TIMES,
    ...overrides,
  });
}

/** Builds a balance of 1,000.00 from one deposit; nothing of it is held. */
export function aBalance(overrides: Partial<z.input<typeof balanceSchema>> = {}): Balance {
  return balanceSchema.parse({
    username: BUILT_USERNAME,
    current_balance: '1000.00',
    held_balance: '0.00',
    total_deposits: '1000.00',
    total_withdrawals: '0.00',
    total_orders: '0.00',
    total_refunds: '0.00',
    transaction_count: 1,
    ...BUILT_TIMES,
    last_transaction: BUILT_TIMES.created_at,
    ...overrides,
  });
}

/** Builds the ledger entry of the deposit of `aBalance`. */
export function aBalanceTransaction(
  overrides: Partial<z.input<typeof balanceTransactionSchema>> = {},
): BalanceTransaction {
  return balanceTransactionSchema.parse({
    transaction_id: '000000000001-deposit',
    username: BUILT_USERNAME,
    sequence: 1,
    amount: '1000.00',
    direction: 'credit',
    legs: [{ account: 'external:deposit', amount: '-1000' }],
    previous_balance: '0.00',
    new_balance: '1000.00',
    transaction_type: 'deposit',
    status: 'completed',
    ...BUILT_TIMES,
    completed_at: BUILT_TIMES.created_at,
    ...overrides,
  });
}

/** Builds a session that starts with the other entities and lasts thirty days. */
export function aSession(overrides: Partial<z.input<typeof sessionSchema>> = {}): Session {
  return sessionSchema.parse({
    session_id: '01990000-0000-7000-8000-00000000000a',
    username: BUILT_USERNAME,
    refresh_generation: 1,
    refreshed_at: BUILT_AT,
    created_at: BUILT_AT,
    expires_at: '2026-02-14T12:00:00.000Z',
    ...overrides,
  });
}
