/** One trade as the public may know it: nobody's name is in it. */
export interface PublicTrade {
  readonly asset_id: string;
  /** Units of the asset. */
  readonly quantity: string;
  readonly at: string;
}

export type TradeListener = (trade: PublicTrade) => void;

/** Where trades are told once they are on disk, for statistics: what is lost on the way was only a figure. */
export interface TradeFeed {
  report(trade: PublicTrade): void;
  /** Returns what ends the subscription. */
  subscribe(listener: TradeListener): () => void;
}

/** The trade feed of one process. */
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
