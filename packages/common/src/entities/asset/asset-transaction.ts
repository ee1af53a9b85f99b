import { z } from 'zod';
import {
  assetIdSchema,
  descriptionSchema,
  orderIdSchema,
  priceSchema,
  quantitySchema,
  signedUsdSchema,
  timestampSchema,
  transactionIdSchema,
  usdSchema,
  usernameSchema,
} from '../fields.ts';
import { ledgerAccountSchema } from '../user/balance-transaction.ts';

/**
 * The types of asset transactions. Orders make `buy` and `sell`, which `buy_refund` and `sell_refund` reverse; a delisting
 * makes `settlement`. The others are no trades: they move units without cash.
 */
export const assetTransactionTypeSchema = z.enum([
  'buy',
  'sell',
  'transfer',
  'airdrop',
  'staking',
  'settlement',
  'buy_refund',
  'sell_refund',
]);
/** @public for clients of the package */
export type AssetTransactionType = z.infer<typeof assetTransactionTypeSchema>;

export const assetTransactionStatusSchema = z.enum([
  'pending',
  'completed',
  'failed',
  'cancelled',
  'processing',
]);
/** @public for clients of the package */
export type AssetTransactionStatus = z.infer<typeof assetTransactionStatusSchema>;

const unitDirectionSchema = z.enum(['in', 'out']);

/** A movement of an asset into or out of a position. */
export const assetTransactionSchema = z.object({
  transaction_id: transactionIdSchema,
  username: usernameSchema,
  asset_id: assetIdSchema,
  transaction_type: assetTransactionTypeSchema,
  quantity: quantitySchema,
  /** The account on the other side of the units. */
  counterpart: ledgerAccountSchema,
  price: priceSchema,
  /** The mid price of the quote in USD; `price` differs from it by the spread. Null for a transaction of an earlier version. */
  mid_price: priceSchema.nullable().default(null),
  /**
   * USD without fees; 0.00 for a position worth less than a cent that is sold completely or settled. The value at the mid
   * price for units that move without cash.
   */
  total_amount: usdSchema,
  /** Null for a transaction without an order. */
  order_id: orderIdSchema.nullable().default(null),
  status: assetTransactionStatusSchema.default('pending'),
  fees: usdSchema.nullable().default(null),
  description: descriptionSchema.nullable().default(null),
  /** Profit in USD of a sale or settlement: proceeds less fees and cost; what a refund adds to it; null for other types. */
  realized_pnl: signedUsdSchema.nullable().default(null),
  timestamp: timestampSchema,
  created_at: timestampSchema,
  updated_at: timestampSchema,
  /** Whether units that move without cash enter or leave the position. Absent for trades and settlements. */
  direction: unitDirectionSchema.exactOptional(),
  /** The cost in USD that these units bring or take along; absent together with `direction`. */
  cost: usdSchema.exactOptional(),
});
export type AssetTransaction = z.infer<typeof assetTransactionSchema>;

const REFUNDS: ReadonlySet<AssetTransactionType> = new Set(['buy_refund', 'sell_refund']);

/** Returns whether an asset transaction reverses the trade of its order. */
export function isRefund({ transaction_type }: Pick<AssetTransaction, 'transaction_type'>): boolean {
  return REFUNDS.has(transaction_type);
}

/** A movement of units without cash: a transfer, an airdrop or a staking reward. */
export type UnitMovement = AssetTransaction & Required<Pick<AssetTransaction, 'direction' | 'cost'>>;

/** Returns whether an asset transaction moves units without cash. It has no order and no fee, and realises nothing. */
export function isUnitMovement(transaction: AssetTransaction): transaction is UnitMovement {
  return transaction.direction !== undefined;
}
