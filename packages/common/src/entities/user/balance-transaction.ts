import { z } from 'zod';
import {
  descriptionSchema,
  idSchema,
  positiveUsdSchema,
  timestampSchema,
  transactionIdSchema,
  usdSchema,
  usernameSchema,
} from '../fields.ts';

/** The types of ledger entries. An order makes `order_payment`, of either direction. */
export const transactionTypeSchema = z.enum([
  'deposit',
  'withdraw',
  'order_payment',
  'order_refund',
  'system_adjustment',
  'transfer',
  'settlement',
  'conversion',
]);
export type TransactionType = z.infer<typeof transactionTypeSchema>;

export const transactionStatusSchema = z.enum(['pending', 'completed', 'failed', 'cancelled', 'processing']);
export type TransactionStatus = z.infer<typeof transactionStatusSchema>;

/** The direction of an entry. The type alone does not tell it: an order payment is a debit or a credit. */
export const directionSchema = z.enum(['debit', 'credit']);
export type Direction = z.infer<typeof directionSchema>;

/** A house account, a source or destination outside of the platform, or another user. */
const ACCOUNT_PATTERN =
  /^(?:house:(?:asset:[A-Z0-9]{1,10}|currency:[A-Z]{3}|fee|spread|rounding|adjustment|suspense)|external:(?:deposit|withdrawal|settlement|airdrop|staking)|user:[a-z0-9_]{3,50})$/;

/** Exact: the product of a quantity and a price has more digits than either. */
const LEG_AMOUNT_PATTERN = /^(?!-0(?:\.0+)?$)-?(?:0|[1-9]\d{0,32})(?:\.\d{1,37})?$/;

/** The name of an account other than the user's own that a movement credits or debits. */
export const ledgerAccountSchema = z
  .string()
  .regex(ACCOUNT_PATTERN, 'This is not a ledger account.')
  .brand<'LedgerAccount'>();

/** What an account of the other side receives by a movement, in its currency; negative for what it gives. */
export const legSchema = z.object({
  account: ledgerAccountSchema,
  amount: z.string().regex(LEG_AMOUNT_PATTERN, 'This is not a decimal.'),
});
export type Leg = z.infer<typeof legSchema>;

/** An entry of a user's cash ledger. Its `new_balance` is the `previous_balance` of the next entry. */
export const balanceTransactionSchema = z.object({
  transaction_id: transactionIdSchema,
  username: usernameSchema,
  /** The position in the ledger, from 1 without gaps. */
  sequence: z.int().min(1),
  amount: positiveUsdSchema,
  direction: directionSchema,
  /** The other side: with the entry's own signed amount they sum to zero. */
  legs: z.array(legSchema).min(1),
  previous_balance: usdSchema,
  new_balance: usdSchema,
  transaction_type: transactionTypeSchema,
  status: transactionStatusSchema.default('pending'),
  description: descriptionSchema.nullable().default(null),
  /** The id of the cause, such as an order; of a transfer, the id of the other user's entry. */
  reference_id: idSchema.nullable().default(null),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  completed_at: timestampSchema.nullable().default(null),
});

export type BalanceTransaction = z.infer<typeof balanceTransactionSchema>;
