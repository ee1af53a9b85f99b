import { z } from 'zod';
import { currencySchema, walletCurrencySchema } from '../currency.ts';
import {
  amountSchema,
  idSchema,
  positiveAmountSchema,
  priceSchema,
  timestampSchema,
  transactionIdSchema,
  usernameSchema,
} from '../fields.ts';
import { quoteSchema } from '../inventory/quote.ts';
import { balanceTransactionSchema, legSchema } from './balance-transaction.ts';

/** A user's cash in another currency than USD, from its first use on. Amounts are in that currency. */
export const walletSchema = z.object({
  username: usernameSchema,
  currency: walletCurrencySchema,
  current_balance: amountSchema,
  /** Cash held; at most `current_balance`. */
  held_balance: amountSchema,
  total_deposits: amountSchema,
  total_withdrawals: amountSchema,
  /** The number of ledger entries; the next one has this plus one as its `sequence`. */
  transaction_count: z.int().min(0),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  last_transaction: timestampSchema.nullable(),
});
export type Wallet = z.infer<typeof walletSchema>;

/** An entry of a wallet's ledger: that of the balance in USD, with its currency. */
export const walletTransactionSchema = balanceTransactionSchema.extend({
  currency: walletCurrencySchema,
  amount: positiveAmountSchema,
  previous_balance: amountSchema,
  new_balance: amountSchema,
});
export type WalletTransaction = z.infer<typeof walletTransactionSchema>;

/** A quote as a conversion keeps it, in USD for one unit of the currency. */
const convertedQuoteSchema = quoteSchema.pick({ bid: true, ask: true, mid: true, at: true, seq: true });

/** A conversion of cash between two currencies of a user, with the quotes that it follows from. */
export const conversionSchema = z.object({
  conversion_id: idSchema.brand<'ConversionId'>(),
  username: usernameSchema,
  from: currencySchema,
  to: currencySchema,
  /** Leaves the wallet `from`, in its currency. */
  debited: positiveAmountSchema,
  /** Reaches the wallet `to`, in its currency. */
  credited: positiveAmountSchema,
  /** Units of `to` for one of `from`, before the amount was rounded. */
  rate: priceSchema,
  /** The quote of `from`; null for USD. */
  from_quote: convertedQuoteSchema.nullable(),
  /** The quote of `to`; null for USD. */
  to_quote: convertedQuoteSchema.nullable(),
  /** What accounts of the house receive in USD between two other currencies. In USD the ledger entry says it: then empty. */
  legs: z.array(legSchema),
  debit_transaction_id: transactionIdSchema,
  credit_transaction_id: transactionIdSchema,
  /** The order that it pays for or whose proceeds it converts. */
  order_id: idSchema.brand<'OrderId'>().nullable(),
  created_at: timestampSchema,
});
export type Conversion = z.infer<typeof conversionSchema>;
export type ConvertedQuote = z.infer<typeof convertedQuoteSchema>;
