import { DiskFullError } from '@cnop/common/database/store-errors';
import { takesWrites } from '@cnop/common/database/table-store';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { AssetWatch } from './asset-watch.ts';
import { createAssetWatch } from './asset-watch.ts';
import type { EngineParts } from './dependencies.ts';
import { createTurns } from './turns.ts';

/** Assets whose prices are acted on at the same time. */
const MAX_ASSETS_AT_ONCE = 8;

/** All assets with a price, each acted on by itself. */
export interface WatchList {
  /** Notes new quotes and has them acted on. */
  see(quotes: readonly Quote[]): void;
  /** Looks at every asset of the catalogue: what waits for it, and which of its prices were missed. */
  wakeAll(): void;
  tidy(): Promise<void>;
  /** Drops an order that somebody ended. */
  forget(assetId: string, orderId: string): void;
  saveCheckpoints(): Promise<void>;
  /** Resolves when everything that was seen has been acted on. */
  whenIdle(): Promise<void>;
  /** Begins nothing any more. */
  stop(): void;
}

export function createWatchList(parts: EngineParts): WatchList {
  const { assets, quotes, log } = parts;
  const watches = new Map<string, AssetWatch>();
  const turns = createTurns({
    maxAtOnce: MAX_ASSETS_AT_ONCE,
    // What was seen meanwhile is acted on when the store takes writes again, at the quote that then comes.
    act: async (assetId) => (takesWrites(parts.store) ? watchOf(assetId).act() : undefined),
    onFailure: (err, assetId) => {
      if (!(err instanceof DiskFullError))
        log.warn({ err, asset_id: assetId }, 'a price could not be acted on');
    },
  });

  function watchOf(assetId: string): AssetWatch {
    const known = watches.get(assetId);
    if (known) return known;
    const watch = createAssetWatch(assetId, parts);
    watches.set(assetId, watch);
    return watch;
  }

  async function wakeCatalogue(): Promise<void> {
    for (const { asset_id } of await assets.getAssets()) {
      const latest = quotes.latest(asset_id);
      if (latest && !watches.has(asset_id)) watchOf(asset_id).seeFirst(latest);
      turns.wake(asset_id);
    }
  }

  return {
    see(news) {
      for (const quote of news) watchOf(quote.asset_id).see(quote);
      for (const { asset_id } of news) turns.wake(asset_id);
    },

    wakeAll: () => turns.hold(wakeCatalogue()),

    async tidy() {
      for (const [assetId, watch] of watches) {
        watch.tidyNext();
        turns.wake(assetId);
      }
      await turns.whenIdle();
    },

    forget: (assetId, orderId) => watches.get(assetId)?.forget(orderId),

    async saveCheckpoints() {
      await Promise.all([...watches.values()].map((watch) => watch.saveCheckpoint()));
    },

    whenIdle: turns.whenIdle,
    stop: turns.stop,
  };
}
