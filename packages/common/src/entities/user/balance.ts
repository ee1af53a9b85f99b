import { z } from 'zod';
import { nonNegativeDecimalSchema, timestampSchema, usernameSchema } from '../fields.ts';

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
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_transaction: timestampSchema.nullable().default(null),
});

export type Balance = z.infer<typeof balanceSchema>;
