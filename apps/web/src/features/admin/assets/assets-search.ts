import { assetCategorySchema, assetStatusSchema } from '@cnop/common/entities/inventory/asset';
import { z } from 'zod';

const MAX_SEARCH_LENGTH = 100;

/** What the address says about the list of assets. What makes no sense there is as if it were not there. */
export const assetsSearchSchema = z.object({
  q: z.string().max(MAX_SEARCH_LENGTH).optional().catch(undefined),
  category: assetCategorySchema.optional().catch(undefined),
  status: assetStatusSchema.optional().catch(undefined),
});
export type AssetsSearch = z.infer<typeof assetsSearchSchema>;
