import { assetIdParameterSchema, PRINTABLE_PATTERN } from '@cnop/common/entities/fields';
import { assetCategorySchema, assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import { assetSortFieldSchema, sortOrderSchema } from '@cnop/common/entities/inventory/asset-input';
import { pageQuerySchema, queryBooleanSchema, queryInteger } from '@cnop/common/http/page-query';
import { z } from 'zod';

const DEFAULT_LIST_LIMIT = 50;
/** More than a page of other lists: the catalogue is short, and clients show it as a whole. */
const MAX_LIST_LIMIT = 250;
const MAX_SEARCH_LENGTH = 100;

export const assetParamsSchema = z.strictObject({ asset_id: assetIdParameterSchema });

export const assetListQuerySchema = z.strictObject({
  active_only: queryBooleanSchema.default(true),
  limit: queryInteger({ min: 1, max: MAX_LIST_LIMIT, fallback: DEFAULT_LIST_LIMIT }),
  cursor: pageQuerySchema.shape.cursor,
  category: assetCategorySchema.optional(),
  search: z
    .string()
    .max(MAX_SEARCH_LENGTH)
    .regex(PRINTABLE_PATTERN, 'Control characters are not allowed.')
    .trim()
    .default(''),
  sort_by: assetSortFieldSchema.default('market_cap_rank'),
  sort_order: sortOrderSchema.default('asc'),
});

export const assetReplySchema = z.object({ data: assetResponseSchema });

/** A command that is said by its path alone takes no body, or an empty one. */
export const noBodySchema = z.strictObject({}).nullable();
