import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import { assetListResponseSchema, assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

/** As many as the API gives at once: the catalogue is short and is shown as a whole. */
const MAX_ASSETS = '250';

export type MarketAsset = AssetResponse;

export const assetKeys = { all: ['assets'] as const, one: (assetId: string) => ['assets', assetId] as const };

/** The whole catalogue, with assets that are closed for trading. */
export function assetsQuery() {
  return queryOptions({
    queryKey: assetKeys.all,
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

export function assetQuery(assetId: string) {
  return queryOptions({
    queryKey: assetKeys.one(assetId),
    queryFn: async ({ signal }) => {
      const path = `/inventory/assets/${encodeURIComponent(assetId)}`;
      const { data } = await callApi({ path, schema: z.object({ data: assetResponseSchema }), signal });
      return data;
    },
  });
}
