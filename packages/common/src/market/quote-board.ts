import type { Quote } from '../entities/inventory/quote.ts';

export type QuoteListener = (quotes: readonly Quote[]) => void;

/** The quotes of the moment, wherever they come from. */
export interface QuoteBoard {
  /** The latest quote of an asset, however old; its age is for the caller to judge. */
  latest(assetId: string): Quote | undefined;
  /** Calls the listener with every batch that is published from now on. Returns what ends that. */
  subscribe(listener: QuoteListener): () => void;
}

/** A board that somebody writes on: the price feed, or whoever relays it. */
export interface WritableQuoteBoard extends QuoteBoard {
  /** Shows new quotes; one that is not newer than what is there is left out. */
  publish(quotes: readonly Quote[]): void;
}

/** The board of one process. Listeners run at once and in turn; one that throws is a bug. */
export function createQuoteBoard(): WritableQuoteBoard {
  const latest = new Map<string, Quote>();
  const listeners = new Set<QuoteListener>();
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
