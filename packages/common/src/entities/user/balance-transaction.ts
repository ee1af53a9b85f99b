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
]);
export type TransactionType = z.infer<typeof transactionTypeSchema>;

export const transactionStatusSchema = z.enum(['pending', 'completed', 'failed', 'cancelled', 'processing']);
export type TransactionStatus = z.infer<typeof transactionStatusSchema>;

/** The direction of an entry. The type alone does not tell it: an order payment is a debit or a credit. */
export const directionSchema = z.enum(['debit', 'credit']);
export type Direction = z.infer<typeof directionSchema>;

/** An entry of a user's cash ledger. Its `new_balance` is the `previous_balance` of the next entry. */
export const balanceTransactionSchema = z.object({
  transaction_id: transactionIdSchema,
  username: usernameSchema,
  /** The position in the ledger, from 1 without gaps. */
  sequence: z.int().min(1),
  amount: positiveUsdSchema,
  direction: directionSchema,
  previous_balance: usdSchema,
  new_balance: usdSchema,
  transaction_type: transactionTypeSchema,
  status: transactionStatusSchema.default('pending'),
  description: descriptionSchema.nullable().default(null),
  /** The id of the cause, such as an order. */
  reference_id: idSchema.nullable().default(null),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  completed_at: timestampSchema.nullable().default(null),
});

export type BalanceTransaction = z.infer<typeof balanceTransactionSchema>;
