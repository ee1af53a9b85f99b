import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import { assetListResponseSchema } from '@cnop/common/entities/inventory/asset';
import { queryOptions } from '@tanstack/react-query';
import { callApi } from '../http/client.ts';

/** As many as the API gives at once: the catalogue is short and is shown as a whole. */
const PAGE = '250';
/** A limit for the worst case: 5,000 assets. */
const MAX_PAGES = 20;

export type MarketAsset = AssetResponse;

/** The whole catalogue, with assets that are closed for trading. */
export function assetsQuery() {
  return queryOptions({
    queryKey: ['assets'],
    queryFn: ({ signal }) => readAssets(signal),
  });
}

async function readAssets(signal: AbortSignal): Promise<MarketAsset[]> {
  const assets: MarketAsset[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const query = { active_only: 'false', limit: PAGE, cursor };
    const page = await callApi({
      path: '/inventory/assets',
      query,
      schema: assetListResponseSchema,
      signal,
    });
    assets.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return assets;
}
