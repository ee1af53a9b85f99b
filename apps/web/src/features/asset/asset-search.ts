import { candleIntervalSchema } from '@cnop/common/entities/inventory/candle';
import { z } from 'zod';

/** Search parameters of the page of an asset. */
export const assetSearchSchema = z.object({
  interval: candleIntervalSchema.optional().catch(undefined),
  view: z.enum(['table']).optional().catch(undefined),
});
