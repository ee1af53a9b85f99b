import { z } from 'zod';
import {
  assetIdSchema,
  decimalInput,
  descriptionSchema,
  idSchema,
  nonNegativeDecimalSchema,
  positiveDecimalSchema,
  timestampSchema,
  usernameSchema,
} from '../fields.ts';

export const orderTypeSchema = z.enum(['market_buy', 'market_sell', 'limit_buy', 'limit_sell']);
export type OrderType = z.infer<typeof orderTypeSchema>;

export const orderStatusSchema = z.enum([
  'pending',
  'confirmed',
  'queued',
  'processing',
  'completed',
  'cancelled',
  'failed',
  'expired',
]);
export type OrderStatus = z.infer<typeof orderStatusSchema>;

/** One step of an order's life. */
export const orderHistoryEntrySchema = z.object({
  status: orderStatusSchema,
  at: timestampSchema,
  reason: descriptionSchema.nullable().default(null),
});

export const orderSchema = z.object({
  order_id: idSchema,
  username: usernameSchema,
  asset_id: assetIdSchema,
  order_type: orderTypeSchema,
  status: orderStatusSchema.default('pending'),
  quantity: positiveDecimalSchema,
  /** USD per unit: the price of execution of a market order, the limit of a limit order. */
  price: positiveDecimalSchema,
  /** USD that the order moved or would move, rounded against the user. */
  total_amount: positiveDecimalSchema,
  fees: nonNegativeDecimalSchema.default('0.00'),
  description: descriptionSchema.nullable().default(null),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  executed_at: timestampSchema.nullable().default(null),
  cancelled_at: timestampSchema.nullable().default(null),
  expires_at: timestampSchema.nullable().default(null),
  history: z.array(orderHistoryEntrySchema),
});
export type Order = z.infer<typeof orderSchema>;

/** A new order as a client sends it. */
export const orderCreateSchema = z.strictObject({
  asset_id: assetIdSchema,
  order_type: orderTypeSchema,
  quantity: decimalInput(),
  /** Limit orders only: a market order takes the price of the moment. */
  price: decimalInput().nullish(),
  description: descriptionSchema.nullish(),
});
export type OrderCreate = z.infer<typeof orderCreateSchema>;

/** What may change on an order after it was accepted. No defaults here: what is not named stays as it is. */
export const orderUpdateSchema = z
  .object({
    status: orderStatusSchema,
    executed_at: timestampSchema.nullable(),
    cancelled_at: timestampSchema.nullable(),
    updated_at: timestampSchema,
    history: orderSchema.shape.history,
  })
  .partial();
export type OrderUpdate = z.infer<typeof orderUpdateSchema>;

/** An order as clients see it. */
export const orderResponseSchema = orderSchema;
/** @public the answer of the mission, for clients of the package */
export type OrderResponse = z.infer<typeof orderResponseSchema>;
