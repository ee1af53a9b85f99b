import { assetIdSchema } from '@cnop/common/entities/fields';
import { orderStatusSchema, orderTypeSchema } from '@cnop/common/entities/order/order';
import { z } from 'zod';

/** What the address says about the list of orders. */
export const ordersSearchSchema = z.object({
  tab: z.enum(['history']).optional().catch(undefined),
  asset: assetIdSchema.optional().catch(undefined),
  type: orderTypeSchema.optional().catch(undefined),
  status: orderStatusSchema.optional().catch(undefined),
  /** The order whose details are shown. */
  order: z.string().max(100).optional().catch(undefined),
});
export type OrdersSearch = z.infer<typeof ordersSearchSchema>;
