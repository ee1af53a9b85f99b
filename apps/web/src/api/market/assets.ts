import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import { assetListResponseSchema } from '@cnop/common/entities/inventory/asset';
import { queryOptions } from '@tanstack/react-query';
import { callApi } from '../http/client.ts';

/** As many as the API gives at once: the catalogue is short and is shown as a whole. */
const MAX_ASSETS = '250';

export type MarketAsset = AssetResponse;

/** The whole catalogue, with assets that are closed for trading. */
export function assetsQuery() {
  return queryOptions({
    queryKey: ['assets'],
    queryFn: ({ signal }) =>
      callApi({
        path: '/inventory/assets',
        query: { active_only: 'false', limit: MAX_ASSETS },
        schema: assetListResponseSchema,
        signal,
      }),
    select: ({ data }) => data,
  });
}
