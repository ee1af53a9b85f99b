import { assetListResponseSchema } from '@cnop/common/entities/inventory/asset';
import { pageMembers, pageRequestOf } from '@cnop/common/http/page-query';
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
        description:
          'A page begins behind the value that the last asset of the page before had. Prices move while pages are turned: ' +
          'sorted by `asset_id`, `name` or `market_cap_rank`, every asset is shown exactly once; sorted by another field, ' +
          'one whose value has moved past that point may be shown twice, or not at all.',
        querystring: assetListQuerySchema,
        response: { 200: assetListResponseSchema },
      },
    },
    async (request) => {
      const { active_only, category, search, sort_by, sort_order, ...paging } = request.query;
      const criteria = { activeOnly: active_only, category, search, sortBy: sort_by, sortOrder: sort_order };
      const filter = { list: 'assets', ...criteria };
      const pageRequest = pageRequestOf(paging, filter);
      const { page, ...counts } = await listAssets(getInventory(request), criteria, pageRequest);
      return { data: [...page.items], ...counts, ...pageMembers(page, filter) };
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
