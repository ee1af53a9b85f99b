import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { QuoteSource } from '@cnop/common/entities/inventory/quote';

/** An asset and the price that it is quoted at. */
export interface PricedAsset {
  readonly asset: Asset;
  readonly mid: string;
}

/** What a feed says an asset is worth. */
export interface FeedPrice {
  readonly asset_id: string;
  /** USD per unit, with as many digits as the source has. */
  readonly mid: string;
  /** How fresh it is, where that is not the moment it is asked for. */
  readonly at?: string;
}

/** Where prices come from. One feed is the source of all assets, and it is asked for news at each tick. */
export interface PriceFeed {
  readonly source: QuoteSource;
  /** Called when this process begins to make prices, and may fail: a source that cannot be had is no reason to stop. */
  start(): void;
  /**
   * The prices that are new since the last call; several of one asset in the order of time. It must not wait for
   * anything: a source that has to be asked is asked in between.
   */
  readonly next: (priced: readonly PricedAsset[], now: Date) => readonly FeedPrice[];
  /** Of a source that knows the times of its prices ahead: they are quoted at those, not collected until the next tick. */
  readonly betweenTicks?: {
    /** Returns how long it is to the next price; undefined when none is known. */
    dueInMilliseconds(now: Date): number | undefined;
    /** Returns the prices whose time has come, in the order of time. */
    readonly due: PriceFeed['next'];
  };
  /** A price was set by hand, or read from the store at a start: whatever goes on from somewhere goes on from there. */
  moveTo(asset: Asset): void;
  /** Called when another process makes the prices, or when this one ends. */
  stop(): Promise<void>;
}
