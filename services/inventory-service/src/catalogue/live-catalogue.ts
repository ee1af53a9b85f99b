import type { Clock } from '@cnop/common/core/clock';
import { createCachedValue } from '@cnop/common/core/clock';
import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { QuoteBoard } from '@cnop/common/market/market-data';
import { toAssetView } from '../domain/asset-view.ts';
import type { Market } from '../market-maker/live-market.ts';

/** Greatest age of the public list. A write of this process shows at once, one of another process after this time. */
const MAX_AGE_MILLISECONDS = 1_000;

/** The whole catalogue at current prices. Decisions never use it: they read the asset from the store. */
export interface LiveCatalogue {
  getAssets(): Promise<readonly AssetResponse[]>;
  /** Makes the next list read the store; called after each write. */
  invalidate(): void;
}

export interface LiveCatalogueOptions {
  /** Reads all assets from the store. */
  readonly read: () => Promise<readonly Asset[]>;
  readonly clock: Clock;
  readonly market: Pick<Market, 'livePrice'>;
  readonly board: QuoteBoard;
}

/**
 * Creates the catalogue that lists are answered from. It reads the store at most once a second, and once for all requests
 * that arrive meanwhile: reading 50 assets costs about as much as the rest of a request. Prices are added to the assets
 * once per tick.
 */
export function createLiveCatalogue({ read, clock, market, board }: LiveCatalogueOptions): LiveCatalogue {
  const stored = createCachedValue({ read, maxAgeMilliseconds: MAX_AGE_MILLISECONDS, clock });
  let latest: { readonly assets: readonly Asset[]; readonly views: readonly AssetResponse[] } | undefined;
  board.subscribe(() => {
    latest = undefined;
  });
  return {
    async getAssets() {
      const assets = await stored.get();
      if (latest?.assets !== assets) {
        const views = assets.map((asset) => toAssetView(asset, market.livePrice(asset.asset_id)));
        latest = { assets, views };
      }
      return latest.views;
    },
    invalidate: stored.invalidate,
  };
}
