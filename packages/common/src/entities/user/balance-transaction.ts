import { z } from 'zod';
import {
  descriptionSchema,
  idSchema,
  nonNegativeDecimalSchema,
  positiveDecimalSchema,
  timestampSchema,
  usernameSchema,
} from '../fields.ts';

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

/** Whether an entry takes cash or brings it: an order payment does either, so the type alone does not say. */
export const directionSchema = z.enum(['debit', 'credit']);
export type Direction = z.infer<typeof directionSchema>;

/** One line of a user's cash ledger. The `new_balance` of a line is the `previous_balance` of the next. */
export const balanceTransactionSchema = z.object({
  transaction_id: idSchema,
  username: usernameSchema,
  /** Position in the ledger, from 1 without a gap. */
  sequence: z.int().min(1),
  amount: positiveDecimalSchema,
  direction: directionSchema,
  previous_balance: nonNegativeDecimalSchema,
  new_balance: nonNegativeDecimalSchema,
  transaction_type: transactionTypeSchema,
  status: transactionStatusSchema.default('pending'),
  description: descriptionSchema.nullable().default(null),
  /** What the entry is for, such as an order id. */
  reference_id: idSchema.nullable().default(null),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  completed_at: timestampSchema.nullable().default(null),
});

export type BalanceTransaction = z.infer<typeof balanceTransactionSchema>;
