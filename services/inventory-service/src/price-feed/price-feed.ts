import type { AssetId, IsoTime, Price } from '@cnop/common/core/brands';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { QuoteSource } from '@cnop/common/entities/inventory/quote';

/** An asset with the price it is quoted at. */
export interface PricedAsset {
  readonly asset: Asset;
  /** USD per unit. */
  readonly mid: Price;
}

/** A price that a feed gives for an asset. */
export interface FeedPrice {
  readonly asset_id: AssetId;
  /** USD per unit, with as many digits as the source has. */
  readonly mid: Price;
  /** The time of the price, if it is not the moment of the call. */
  readonly at?: IsoTime;
}

/** The source of the prices of all assets, read at each tick. */
export interface PriceFeed {
  readonly source: QuoteSource;
  /** Starts the feed when this instance begins to make prices. A source that is unavailable must not stop the market. */
  start(): void;
  /**
   * Returns the prices that are new since the last call, those of one asset in the order of time. It never waits: a feed
   * polls its source between the calls.
   */
  readonly next: (priced: readonly PricedAsset[], now: Date) => readonly FeedPrice[];
  /** Present when the times of prices are known in advance: they are quoted at those times, not at the next tick. */
  readonly betweenTicks?: {
    /** Returns the time to the next price; `undefined` when none is known. */
    dueInMilliseconds(now: Date): number | undefined;
    /** Returns the prices that are due, in the order of time. */
    readonly due: PriceFeed['next'];
  };
  /** Continues from the asset's current price, which was set manually or read from the store. */
  moveTo(asset: Asset): void;
  /** Stops the feed when this instance no longer makes prices. */
  stop(): Promise<void>;
}
