import { decimal, formatDecimal, isStorable, roundDown, ZERO } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote, QuoteSource } from '@cnop/common/entities/inventory/quote';
import { quoteAround, storedSeqOf } from '@cnop/common/entities/inventory/quote';
import type { GuardedPrice } from '../domain/jump-guard.ts';
import { judgePrice } from '../domain/jump-guard.ts';
import type { FeedPrice, PricedAsset } from '../price-feed/price-feed.ts';

/** One asset in the book. */
interface Entry {
  asset: Asset;
  price: GuardedPrice;
  quote: Quote | undefined;
  /** `seq` of the price that the store has, as far as we know. */
  storedSeq: number;
  /** The same of a write under way, whose outcome is not known yet. */
  writingSeq: number | undefined;
}

/** A price that the store does not have yet. */
export interface UnstoredPrice {
  readonly quote: Quote;
  /** What the `seq` of the stored price may be, unless another process has set a price. */
  readonly expectedStoredSeqs: readonly number[];
}

export interface PriceBookOptions {
  readonly source: QuoteSource;
  readonly maxJumpPercent: number;
  /** Told of a price that waits for a second one that agrees. */
  readonly onJump: (assetId: string, from: string, to: string) => void;
}

/** The assets that are quoted, each with what is known of its price. */
export function createPriceBook({ source, maxJumpPercent, onJump }: PriceBookOptions) {
  const entries = new Map<string, Entry>();
  const seqs = createSeqs();

  const quoteAt = (entry: Entry, mid: string, at: string): Quote => {
    const suspension = entry.price.pending !== undefined && { suspended: true as const };
    entry.quote = quoteAround(entry.asset, { mid, at, source, seq: seqs.next(entry, at), ...suspension });
    return entry.quote;
  };

  /** Believes what the store says of an asset, its price included. */
  const accept = (asset: Asset): Entry => {
    const entry: Entry = {
      asset,
      price: { accepted: asset.current_price, pending: undefined },
      quote: entries.get(asset.asset_id)?.quote,
      storedSeq: storedSeqOf(asset),
      writingSeq: undefined,
    };
    entries.set(asset.asset_id, entry);
    return entry;
  };

  return {
    /** Begins with a `seq` that is above those of earlier processes. */
    open: seqs.beginAt,
    /** Returns the greatest `seq` that was given out. */
    lastSeq: seqs.last,

    /** Every asset with its price of the moment. */
    priced(): PricedAsset[] {
      return [...entries.values()].map(({ asset, price }) => ({ asset, mid: price.accepted }));
    },

    /**
     * Takes in an asset as it is stored.
     * @returns whether its price is one that we did not make: that of an asset we do not know, or one set elsewhere
     */
    learn(asset: Asset): boolean {
      const known = entries.get(asset.asset_id);
      const seq = storedSeqOf(asset);
      // A list may lag behind on some stores: what is older than what we know says nothing.
      if (known && asset.updated_at >= known.asset.updated_at) known.asset = asset;
      if (known && (seq <= known.storedSeq || seq === known.writingSeq)) return false;
      accept(asset);
      return true;
    },

    /** The quote of an asset at the price that somebody set, fresh from that moment. */
    quoteOfSetPrice(asset: Asset): Quote {
      return quoteAt(accept(asset), asset.current_price, asset.last_price_update);
    },

    /** The shown quote once more, with the spread that its asset has now; nothing where that is the same. */
    requote(shown: Quote | undefined): Quote[] {
      const entry = shown && entries.get(shown.asset_id);
      return entry && isSpreadChanged(shown, entry.asset) ? [quoteAt(entry, shown.mid, shown.at)] : [];
    },

    /**
     * Returns the quote that a feed's price makes; undefined when it is no price of the asset. While a price that jumped
     * waits for confirmation, quotes stay at the price before it and are suspended.
     */
    quoteOf({ asset_id, mid, at }: FeedPrice, now: string): Quote | undefined {
      const entry = entries.get(asset_id);
      const price = entry && atScale(mid, entry.asset.price_scale);
      if (!entry || price === undefined) return undefined;
      const judgement = judgePrice(entry.price, price, maxJumpPercent);
      if (!judgement.isAccepted) onJump(asset_id, entry.price.accepted, price);
      entry.price = judgement.price;
      return quoteAt(entry, entry.price.accepted, at ?? now);
    },

    /** The quotes that are newer than what the store has. They count as being written from here on. */
    takeUnstored: (): UnstoredPrice[] => [...entries.values()].flatMap(takeToWrite),

    /** The quotes that are in the store now. */
    confirmStored(quotes: readonly Quote[]): void {
      for (const { asset_id, seq } of quotes) {
        const entry = entries.get(asset_id);
        if (entry) Object.assign(entry, { storedSeq: Math.max(entry.storedSeq, seq), writingSeq: undefined });
      }
    },

    /** Forgets everything: another process goes on. */
    clear(): void {
      entries.clear();
    },
  };
}

/** A price cut to the digits that the asset's prices have; undefined when nothing is left, or too much. */
function atScale(price: string, priceScale: number): string | undefined {
  const rounded = roundDown(decimal(price), priceScale);
  return rounded.gt(ZERO) && isStorable(rounded) ? formatDecimal(rounded) : undefined;
}

/** Numbers the quotes of a process, each asset by itself. */
function createSeqs() {
  let firstSeq = 0;
  let lastSeq = 0;
  return {
    beginAt(first: number): void {
      firstSeq = first;
    },
    last: (): number => lastSeq,
    /** Above what an earlier process can have given out, even if the clock was set back meanwhile. */
    next({ quote, storedSeq }: Entry, at: string): number {
      const seq = Math.max((quote?.seq ?? 0) + 1, storedSeq + 1, firstSeq, Date.parse(at));
      lastSeq = Math.max(lastSeq, seq);
      return seq;
    },
  };
}

function isSpreadChanged(quote: Quote, asset: Asset): boolean {
  const { mid, at, source, seq } = quote;
  const now = quoteAround(asset, { mid, at, source, seq });
  return now.bid !== quote.bid || now.ask !== quote.ask;
}

/** The quote of an entry that the store does not have, marked as being written. */
function takeToWrite(entry: Entry): UnstoredPrice[] {
  const { quote, storedSeq, writingSeq } = entry;
  if (!quote || quote.seq <= storedSeq) return [];
  entry.writingSeq = quote.seq;
  return [{ quote, expectedStoredSeqs: writingSeq === undefined ? [storedSeq] : [storedSeq, writingSeq] }];
}
