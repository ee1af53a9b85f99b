import type { AssetId, IsoTime, Quantity } from '../core/brands.ts';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import { defineReading } from '../core/figures.ts';
import type { Asset } from '../entities/inventory/asset.ts';
import type { Quote } from '../entities/inventory/quote.ts';
import { storedQuoteOf, storedSeqOf } from '../entities/inventory/quote.ts';

const showQuoteAges = defineReading({
  name: 'cnop_quote_age_seconds',
  help: 'Age of the latest quote of each asset in this process.',
  labelNames: ['asset'],
});

export type QuoteListener = (quotes: readonly Quote[]) => void;

/** The latest quote of each asset in a process, from whichever source. */
export interface QuoteBoard {
  /** Returns the latest quote of an asset, however old. Callers check its age. */
  latest(assetId: AssetId): Quote | undefined;
  /** Calls the listener with every later batch. Returns a function that unsubscribes it. */
  subscribe(listener: QuoteListener): () => void;
}

/** The board as its source sees it: the market maker, or a relay from the store or another process. */
export interface WritableQuoteBoard extends QuoteBoard {
  /** Publishes new quotes. Drops each that is not newer, by `seq`, than the latest of its asset. */
  publish(quotes: readonly Quote[]): void;
}

/** Creates the quote board of a process. Listeners run synchronously, in the order of subscription, and must not throw. */
export function createQuoteBoard(): WritableQuoteBoard {
  const latest = new Map<AssetId, Quote>();
  const listeners = new Set<QuoteListener>();
  showQuoteAges(() => agesOf(latest.values()));
  return {
    latest: (assetId) => latest.get(assetId),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish(quotes) {
      const news = quotes.filter(({ asset_id, seq }) => seq > (latest.get(asset_id)?.seq ?? -1));
      if (news.length === 0) return;
      for (const quote of news) latest.set(quote.asset_id, quote);
      for (const listener of listeners) listener(news);
    },
  };
}

/**
 * Returns a reader of quotes for a process without a market maker: the newer of the board's and the stored one. The given
 * asset was just read, so its spread is current, and no process shows a price before it is stored.
 * @see docs/adr/0027-stored-before-shown.md
 */
export function newestQuote(
  board: Pick<QuoteBoard, 'latest'>,
): (assetId: AssetId, asset: Asset | undefined) => Quote | undefined {
  return (assetId, asset) => {
    const quote = board.latest(assetId);
    if (!asset || (quote && quote.seq > storedSeqOf(asset))) return quote;
    return storedQuoteOf(asset);
  };
}

function agesOf(quotes: Iterable<Quote>) {
  const now = Date.now();
  return Array.from(quotes, ({ asset_id: asset, at }) => ({
    labels: { asset },
    value: (now - Date.parse(at)) / MILLISECONDS_PER_SECOND,
  }));
}

/** A trade without the names of its parties. */
export interface PublicTrade {
  readonly asset_id: AssetId;
  /** Units of the asset. */
  readonly quantity: Quantity;
  readonly at: IsoTime;
}

export type TradeListener = (trade: PublicTrade) => void;

/** Announces stored trades to listeners, for statistics. Delivery is best effort. */
export interface TradeFeed {
  /** Reports a trade to all listeners. They run later, so that they neither delay an order nor make it fail. */
  report(trade: PublicTrade): void;
  /**
   * Calls the listener with every later trade. Returns a function that unsubscribes it, after the trades that were
   * reported before.
   */
  subscribe(listener: TradeListener): () => void;
}

/**
 * Creates the trade feed of a process. It delivers a trade after the responses of the turn in which it was reported.
 * Listeners must not throw.
 * @see docs/adr/0043-responses-are-held-in-a-hook.md
 */
export function createTradeFeed(): TradeFeed {
  const listeners = new Set<TradeListener>();
  let pending: PublicTrade[] = [];

  function deliverAll(): void {
    const trades = pending;
    pending = [];
    for (const trade of trades) for (const listener of listeners) listener(trade);
  }

  return {
    report(trade) {
      if (listeners.size === 0) return;
      // The responses of a turn are sent by the first `setImmediate`.
      if (pending.length === 0) setImmediate(() => setImmediate(deliverAll));
      pending.push(trade);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        deliverAll();
        listeners.delete(listener);
      };
    },
  };
}
