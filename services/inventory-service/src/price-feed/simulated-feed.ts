import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Walk } from '../domain/random-walk.ts';
import { publishedPrice, startWalk, stepWalk } from '../domain/random-walk.ts';
import type { PriceChance } from './price-chance.ts';
import type { FeedPrice, PricedAsset, PriceFeed } from './price-feed.ts';

export interface SimulatedFeedOptions {
  readonly chance: PriceChance;
  /** How much time each call of `next` stands for. */
  readonly tickSeconds: number;
}

/** Prices on random walks, each with the volatility of its asset and each from the price that it finds. */
export function createSimulatedFeed({ chance, tickSeconds }: SimulatedFeedOptions): PriceFeed {
  const walks = new Map<string, { readonly walk: Walk; readonly draw: () => number }>();

  const start = (asset: Asset, price: string) => ({
    walk: startWalk(asset, price),
    draw: chance.stream(`${asset.asset_id}:${price}`),
  });

  const advance = ({ asset, mid }: PricedAsset): FeedPrice => {
    const { asset_id } = asset;
    const { walk: last, draw } = walks.get(asset_id) ?? start(asset, mid);
    const walk = stepWalk(last, asset, { seconds: tickSeconds, normal: draw() });
    walks.set(asset_id, { walk, draw });
    return { asset_id, mid: publishedPrice(walk.price, asset.price_scale) };
  };

  return {
    source: 'simulated',
    start() {
      // Nothing to open.
    },
    next: (priced) => priced.map(advance),
    moveTo(asset: Asset) {
      walks.set(asset.asset_id, start(asset, asset.current_price));
    },
    stop: () => Promise.resolve(),
  };
}
