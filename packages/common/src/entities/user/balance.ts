import { z } from 'zod';
import { timestampSchema, usdSchema, usernameSchema } from '../fields.ts';
import { userStatusSchema } from './user.ts';

/** The reason why an account may not trade: the status of its user. */
export const tradingBlockSchema = userStatusSchema.exclude(['active']);
export type TradingBlock = z.infer<typeof tradingBlockSchema>;

/** The most that one deposit may credit, in USD. */
export const MAX_DEPOSIT_USD = '1000000';

/** The transfers that an account sent on one day (UTC). */
export const sentTransfersSchema = z.object({
  day: z.iso.date(),
  count: z.int().min(1),
  amount: usdSchema,
});
export type SentTransfers = z.infer<typeof sentTransfersSchema>;

/** A user's cash in USD. `available = current_balance - held_balance`. */
export const balanceSchema = z.object({
  username: usernameSchema,
  current_balance: usdSchema,
  /** Cash held for open orders; at most `current_balance`. */
  held_balance: usdSchema,
  total_deposits: usdSchema,
  total_withdrawals: usdSchema,
  /** The cost of all buys. */
  total_orders: usdSchema,
  total_refunds: usdSchema,
  /** The number of ledger entries; the next one has this plus one as its `sequence`. */
  transaction_count: z.int().min(0),
  /** The `seq` of the user's latest event; the next one has this plus one. */
  event_seq: z.int().min(0).default(0),
  /** The number of open orders; null in a store of an earlier version until they are counted. */
  open_order_count: z.int().min(0).nullable().default(null),
  /** Null while the account may trade. Every commit of an order reads the block here. */
  trading_block: tradingBlockSchema.nullable().default(null),
  /** The transfers of the last day with one, which the daily limits apply to; null before the first. */
  sent_transfers: sentTransfersSchema.nullable().default(null),
  /** Whether staff have frozen transfers from and to this account. */
  transfers_frozen: z.boolean().default(false),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_transaction: timestampSchema.nullable().default(null),
});

export type Balance = z.infer<typeof balanceSchema>;
