import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { QuoteBoard } from '@cnop/common/market/quote-board';
import { toAssetView } from '../domain/asset-view.ts';
import type { Market } from '../market-maker/market.ts';
import type { CachedCatalogue } from './cached-catalogue.ts';

/** The whole catalogue at the prices of the moment. */
export interface LiveCatalogue {
  getAssets(): Promise<readonly AssetResponse[]>;
  /** Makes the next list read the store; to be called after each write. */
  forget(): void;
}

export interface LiveCatalogueOptions {
  readonly stored: CachedCatalogue;
  readonly market: Market;
  readonly board: QuoteBoard;
}

/** Puts prices to the cached assets once for each round of quotes, however often the list is asked for in between. */
export function createLiveCatalogue({ stored, market, board }: LiveCatalogueOptions): LiveCatalogue {
  let latest: { readonly of: readonly Asset[]; readonly views: readonly AssetResponse[] } | undefined;
  board.subscribe(() => {
    latest = undefined;
  });
  return {
    async getAssets() {
      const assets = await stored.getAssets();
      if (latest?.of !== assets) {
        const views = assets.map((asset) => toAssetView(asset, market.livePrice(asset.asset_id)));
        latest = { of: assets, views };
      }
      return latest.views;
    },
    forget: stored.forget,
  };
}
