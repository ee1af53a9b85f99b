/** A trade without the names of its parties. */
export interface PublicTrade {
  readonly asset_id: string;
  /** Units of the asset. */
  readonly quantity: string;
  readonly at: string;
}

export type TradeListener = (trade: PublicTrade) => void;

/** Announces stored trades to listeners, for statistics. Delivery is best effort. */
export interface TradeFeed {
  report(trade: PublicTrade): void;
  /** Calls the listener with every later trade. Returns a function that unsubscribes it. */
  subscribe(listener: TradeListener): () => void;
}

/** Creates the trade feed of a process. Listeners run synchronously and must not throw. */
export function createTradeFeed(): TradeFeed {
  const listeners = new Set<TradeListener>();
  return {
    report(trade) {
      for (const listener of listeners) listener(trade);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
