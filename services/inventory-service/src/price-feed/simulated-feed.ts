import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Walk } from '../domain/random-walk.ts';
import { publishedPrice, startWalk, stepWalk } from '../domain/random-walk.ts';
import type { FeedPrice, PricedAsset, PriceFeed } from './price-feed.ts';

export interface SimulatedFeedOptions {
  readonly seed: string;
  /** How much time each call of `next` stands for. */
  readonly tickSeconds: number;
}

/** Prices on random walks, each with the volatility of its asset and each from the price that it finds. */
export function createSimulatedFeed({ seed, tickSeconds }: SimulatedFeedOptions): PriceFeed {
  const walks = new Map<string, Walk>();

  const advance = ({ asset, mid }: PricedAsset): FeedPrice => {
    const { asset_id } = asset;
    const walk = stepWalk(walks.get(asset_id) ?? startWalk(seed, asset, mid), asset, tickSeconds);
    walks.set(asset_id, walk);
    return { asset_id, mid: publishedPrice(walk.price, asset.price_scale) };
  };

  return {
    source: 'simulated',
    start() {
      // Nothing to open.
    },
    next: (priced) => priced.map(advance),
    moveTo(asset: Asset) {
      walks.set(asset.asset_id, startWalk(seed, asset, asset.current_price));
    },
    stop: () => Promise.resolve(),
  };
}
