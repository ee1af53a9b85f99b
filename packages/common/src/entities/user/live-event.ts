import { z } from 'zod';
import {
  assetIdSchema,
  idSchema,
  nonNegativeDecimalSchema,
  timestampSchema,
  usernameSchema,
} from '../fields.ts';
import { orderSchema } from '../order/order.ts';

export const liveEventTypeSchema = z.enum([
  'order.queued',
  'order.completed',
  'order.cancelled',
  'order.expired',
  'order.failed',
  'balance.changed',
  'holding.changed',
  'session.revoked',
]);
export type LiveEventType = z.infer<typeof liveEventTypeSchema>;

/** What is different now; only what the commit changed is there. */
export const liveEventDataSchema = z.object({
  order: orderSchema
    .pick({
      order_id: true,
      client_order_id: true,
      asset_id: true,
      order_type: true,
      status: true,
      quantity: true,
      executed_price: true,
      total_amount: true,
      fees: true,
    })
    .optional(),
  balance: z
    .object({ current_balance: nonNegativeDecimalSchema, held_balance: nonNegativeDecimalSchema })
    .optional(),
  holding: z
    .object({
      asset_id: assetIdSchema,
      quantity: nonNegativeDecimalSchema,
      held_quantity: nonNegativeDecimalSchema,
    })
    .optional(),
  session_id: idSchema.optional(),
});
export type LiveEventData = z.infer<typeof liveEventDataSchema>;

/** One commit that changed a user's money or orders. Its `seq` is one more than that of the user's event before it. */
export const liveEventSchema = z.object({
  seq: z.int().min(1),
  id: idSchema,
  type: liveEventTypeSchema,
  occurred_at: timestampSchema,
  username: usernameSchema,
  data: liveEventDataSchema,
});
export type LiveEvent = z.infer<typeof liveEventSchema>;
