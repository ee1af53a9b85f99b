import { assetCategorySchema } from '@cnop/common/entities/inventory/asset';
import { z } from 'zod';

const MAX_SEARCH_LENGTH = 100;

export const marketSortSchema = z.enum(['rank', 'name', 'price', 'change', 'volume', 'cap']);
export type MarketSort = z.infer<typeof marketSortSchema>;

/** What the address says about the market page. What makes no sense there is as if it were not there. */
export const marketSearchSchema = z.object({
  q: z.string().max(MAX_SEARCH_LENGTH).optional().catch(undefined),
  category: assetCategorySchema.optional().catch(undefined),
  sort: marketSortSchema.optional().catch(undefined),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
});
export type MarketSearch = z.infer<typeof marketSearchSchema>;
