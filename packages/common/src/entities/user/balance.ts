import { z } from 'zod';
import { nonNegativeDecimalSchema, timestampSchema, usernameSchema } from '../fields.ts';
import { userStatusSchema } from './user.ts';

/** A status of a user who may not trade. */
export const tradingBlockSchema = userStatusSchema.exclude(['active']);
export type TradingBlock = z.infer<typeof tradingBlockSchema>;

/** A user's cash. `available = current_balance - held_balance`. */
export const balanceSchema = z.object({
  username: usernameSchema,
  current_balance: nonNegativeDecimalSchema,
  /** The part that open orders have reserved; never more than `current_balance`. */
  held_balance: nonNegativeDecimalSchema,
  total_deposits: nonNegativeDecimalSchema,
  total_withdrawals: nonNegativeDecimalSchema,
  /** What buys have cost, in all. */
  total_orders: nonNegativeDecimalSchema,
  total_refunds: nonNegativeDecimalSchema,
  /** How many transactions the ledger has; the next one is this plus one. */
  transaction_count: z.int().min(0),
  /** The `seq` of the user's latest event; the next one is this plus one. */
  event_seq: z.int().min(0).default(0),
  /** How many orders of the user are open; null when they were never counted, as in a store of an earlier version. */
  open_order_count: z.int().min(0).nullable().default(null),
  /** Why the account may not trade: the user's status while it is not active. Every commit of an order reads it here. */
  trading_block: tradingBlockSchema.nullable().default(null),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_transaction: timestampSchema.nullable().default(null),
});

export type Balance = z.infer<typeof balanceSchema>;
