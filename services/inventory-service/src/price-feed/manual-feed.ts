import type { PriceFeed } from './price-feed.ts';

/** Prices that only an administrator moves. Each is given out anew at every tick, so none grows stale. */
export function createManualFeed(): PriceFeed {
  return {
    source: 'manual',
    start() {
      // Nothing to open.
    },
    next: (priced) => priced.map(({ asset, mid }) => ({ asset_id: asset.asset_id, mid })),
    moveTo() {
      // The price that was set is the price.
    },
    stop: () => Promise.resolve(),
  };
}
