import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { AssetId, Price } from '@cnop/common/core/brands';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Walk } from '../domain/random-walk.ts';
import { publishedPrice, startWalk, stepWalk } from '../domain/random-walk.ts';
import type { FeedPrice, PricedAsset, PriceFeed } from './price-feed.ts';

export interface SimulatedFeedOptions {
  readonly random: RandomSource;
  /** The time between two calls of `next`. */
  readonly tickSeconds: number;
}

/** Creates a feed of random walks: each starts at the current price of its asset and has the asset's volatility. */
export function createSimulatedFeed({ random, tickSeconds }: SimulatedFeedOptions): PriceFeed {
  const walks = new Map<AssetId, { readonly walk: Walk; readonly draw: () => number }>();

  const start = (asset: Asset, price: Price) => ({
    walk: startWalk(asset, price),
    draw: random.stream(`${asset.asset_id}:${price}`),
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

/** The randomness of simulated prices and of generated histories. */
export interface RandomSource {
  /**
   * Starts a stream of draws from the standard normal distribution.
   * @param label the purpose of the stream, such as `BTC:50000`
   */
  stream(label: string): () => number;
}

const CIPHER = 'aes-256-ctr';
const KEY_BYTES = 32;
/** The counter may begin at zero, since every stream has its own key. */
const COUNTER_START = Buffer.alloc(16);

/**
 * Creates a source of randomness for prices: the keystream of AES-256 in counter mode. Without the key, past draws say
 * nothing about the next one.
 * @param seed makes the streams reproducible by seed and label, and so predictable: for tests and demonstrations only.
 *   Without it each stream has a random key that is stored nowhere.
 * @see docs/adr/0030-prices-cannot-be-predicted.md
 */
export function createRandomSource(seed: string | undefined): RandomSource {
  return {
    stream(label) {
      const key =
        seed === undefined ? randomBytes(KEY_BYTES) : createHmac('sha256', seed).update(label).digest();
      const draw = uniformDraws(key);
      return () => toNormal(draw(), draw());
    },
  };
}

const BYTES_PER_DRAW = 6;
const RANGE_OF_A_DRAW = 2 ** (8 * BYTES_PER_DRAW);
const DRAWS_PER_CHUNK = 64;

/** Returns a stream of numbers from zero inclusive to one exclusive. */
function uniformDraws(key: Buffer): () => number {
  const cipher = createCipheriv(CIPHER, key, COUNTER_START);
  const zeros = Buffer.alloc(DRAWS_PER_CHUNK * BYTES_PER_DRAW);
  let chunk = zeros;
  let at = chunk.length;
  return () => {
    if (at === chunk.length) {
      chunk = cipher.update(zeros);
      at = 0;
    }
    const drawn = chunk.readUIntBE(at, BYTES_PER_DRAW);
    at += BYTES_PER_DRAW;
    return drawn / RANGE_OF_A_DRAW;
  };
}

/** Converts two uniform draws, from zero inclusive to one exclusive, to one of the standard normal (Box-Muller). */
function toNormal(radius: number, angle: number): number {
  // `1 - radius` is never zero, so its logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - radius)) * Math.cos(2 * Math.PI * angle);
}
