/** One trade as the public may know it: nobody's name is in it. */
export interface PrintedTrade {
  readonly asset_id: string;
  /** Units of the asset. */
  readonly quantity: string;
  readonly at: string;
}

export type TradeListener = (trade: PrintedTrade) => void;

/** Where trades are told once they are on disk, for statistics: what is lost on the way was only a figure. */
export interface TradeTape {
  report(trade: PrintedTrade): void;
  /** Returns what ends the subscription. */
  subscribe(listener: TradeListener): () => void;
}

/** The tape of one process. */
export function createTradeTape(): TradeTape {
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
