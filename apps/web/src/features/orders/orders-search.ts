import { assetIdSchema } from '@cnop/common/entities/fields';
import { finalStatusSchema, orderTypeSchema } from '@cnop/common/entities/order/order-document';
import { z } from 'zod';

/** Search parameters of the list of orders. */
export const ordersSearchSchema = z.object({
  tab: z.enum(['history']).optional().catch(undefined),
  asset: assetIdSchema.optional().catch(undefined),
  type: orderTypeSchema.optional().catch(undefined),
  /** Only in the history, which has no open orders. */
  status: finalStatusSchema.optional().catch(undefined),
  /** The order shown in the drawer. */
  order: z.string().max(100).brand<'OrderId'>().optional().catch(undefined),
});
export type OrdersSearch = z.infer<typeof ordersSearchSchema>;
