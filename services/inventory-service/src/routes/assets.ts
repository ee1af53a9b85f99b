import { assetListResponseSchema } from '@cnop/common/entities/inventory/asset';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { getInventory } from '../dependencies.ts';
import { getAsset } from '../use-cases/get-asset.ts';
import { listAssets } from '../use-cases/list-assets.ts';
import { assetListQuerySchema, assetParamsSchema, assetReplySchema } from './asset-schemas.ts';

const TAGS = ['inventory'];

/** What everybody may read of the catalogue. */
export function assetRoutes(app: ServiceApp): void {
  app.get(
    '/inventory/assets',
    {
      config: { access: 'public' },
      schema: {
        tags: TAGS,
        summary: 'List the assets of the catalogue',
        querystring: assetListQuerySchema,
        response: { 200: assetListResponseSchema },
      },
    },
    async (request) => {
      const { active_only, limit, category, search, sort_by, sort_order } = request.query;
      const criteria = { activeOnly: active_only, category, search, sortBy: sort_by, sortOrder: sort_order };
      return listAssets(getInventory(request), { limit, ...criteria });
    },
  );

  app.get(
    '/inventory/assets/:asset_id',
    {
      config: { access: 'public' },
      schema: {
        tags: TAGS,
        summary: 'Read one asset',
        params: assetParamsSchema,
        response: { 200: assetReplySchema },
      },
    },
    async (request) => ({ data: await getAsset(getInventory(request), request.params.asset_id) }),
  );
}
