import type { AssetId, IsoTime, Price } from '@cnop/common/core/brands';
import { decimal, formatPrice, isStorable, roundDown, ZERO } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote, QuoteSource } from '@cnop/common/entities/inventory/quote';
import { quoteAround, storedSeqOf } from '@cnop/common/entities/inventory/quote';
import type { GuardedPrice } from '../domain/jump-guard.ts';
import { judgePrice } from '../domain/jump-guard.ts';
import type { FeedPrice, PricedAsset } from '../price-feed/price-feed.ts';

/** A quoted asset. */
interface Entry {
  asset: Asset;
  price: GuardedPrice;
  quote: Quote | undefined;
  /** The `seq` of the stored price, as last known. */
  storedSeq: number;
  /** The `seq` of a write whose outcome is not known yet. */
  writingSeq: number | undefined;
}

/** A price that the store does not have yet. */
export interface UnstoredPrice {
  readonly asset: Asset;
  readonly quote: Quote;
  /** The possible `seq` values of the stored price, unless another instance has set a price. */
  readonly expectedStoredSeqs: readonly number[];
}

export interface QuoteMakerOptions {
  readonly source: QuoteSource;
  readonly maxJumpPercent: number;
  /** Called with a jump that needs confirmation, with the prices before and after it. */
  readonly onJump: (assetId: AssetId, from: string, to: string) => void;
}

/** Creates the maker of quotes, which keeps the price, the latest quote and the stored `seq` of each asset. */
export function createQuoteMaker({ source, maxJumpPercent, onJump }: QuoteMakerOptions) {
  const entries = new Map<AssetId, Entry>();
  const seqs = createSeqs();

  const quoteAt = (entry: Entry, mid: Price, at: IsoTime): Quote => {
    const suspension = entry.price.pending !== undefined && { suspended: true as const };
    entry.quote = quoteAround(entry.asset, { mid, at, source, seq: seqs.next(entry, at), ...suspension });
    return entry.quote;
  };

  /** Takes over the stored price of an asset. */
  const acceptStored = (asset: Asset): Entry => {
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
    /** Begins at a `seq` above those of earlier leaders. */
    open: seqs.beginAt,
    /** Returns the greatest `seq` of its quotes. */
    lastSeq: seqs.last,

    /** Returns every asset with its accepted price. */
    priced(): PricedAsset[] {
      return [...entries.values()].map(({ asset, price }) => ({ asset, mid: price.accepted }));
    },

    /**
     * Applies an asset as it is stored.
     * @returns whether its price is not ours: the asset is new, or another instance set the price
     */
    update(asset: Asset): boolean {
      const known = entries.get(asset.asset_id);
      const seq = storedSeqOf(asset);
      // Lists of some stores lag behind, so an older version is ignored.
      if (known && asset.updated_at >= known.asset.updated_at) known.asset = asset;
      if (known && (seq <= known.storedSeq || seq === known.writingSeq)) return false;
      acceptStored(asset);
      return true;
    },

    /** Quotes an asset at its stored price, which was set manually, with the time of that price. */
    quoteStoredPrice(asset: Asset): Quote {
      return quoteAt(acceptStored(asset), asset.current_price, asset.last_price_update);
    },

    /** Repeats a published quote with the current spread of its asset; returns nothing when the spread is the same. */
    requote(shown: Quote | undefined): Quote[] {
      const entry = shown && entries.get(shown.asset_id);
      return entry && isSpreadChanged(shown, entry.asset) ? [quoteAt(entry, shown.mid, shown.at)] : [];
    },

    /**
     * Makes the quote of a feed's price; returns `undefined` when the price is not valid for the asset. While a jump needs
     * confirmation, quotes stay at the price before it and are suspended.
     */
    quote({ asset_id, mid, at }: FeedPrice, now: IsoTime): Quote | undefined {
      const entry = entries.get(asset_id);
      const price = entry && atScale(mid, entry.asset.price_scale);
      if (!entry || price === undefined) return undefined;
      const judgement = judgePrice(entry.price, price, maxJumpPercent);
      if (!judgement.isAccepted) onJump(asset_id, entry.price.accepted, price);
      entry.price = judgement.price;
      return quoteAt(entry, entry.price.accepted, at ?? now);
    },

    /** Takes the quotes that are newer than the stored prices, and marks them as being written. */
    takeUnstored: (): UnstoredPrice[] => [...entries.values()].flatMap(takeToWrite),

    /** Marks quotes as stored in a price sheet. */
    confirmStored(quotes: readonly Quote[], price_sheet: number): void {
      for (const { asset_id, seq } of quotes) {
        const entry = entries.get(asset_id);
        if (!entry) continue;
        entry.storedSeq = Math.max(entry.storedSeq, seq);
        entry.writingSeq = undefined;
        if (entry.asset.price_sheet === null) entry.asset = { ...entry.asset, price_sheet };
      }
    },

    /** Drops all assets. */
    clear(): void {
      entries.clear();
    },
  };
}

/** Rounds a price down to the asset's scale; returns `undefined` when the result is zero or too large to store. */
function atScale(price: Price, priceScale: number): Price | undefined {
  const rounded = roundDown(decimal(price), priceScale);
  return rounded.gt(ZERO) && isStorable(rounded) ? formatPrice(rounded) : undefined;
}

/** Creates the numbering of quotes, which rises for each asset. */
function createSeqs() {
  let firstSeq = 0;
  let lastSeq = 0;
  return {
    beginAt(first: number): void {
      firstSeq = first;
    },
    last: (): number => lastSeq,
    /** Returns a `seq` above those of all earlier quotes, even if the clock was set back meanwhile. */
    next({ quote, storedSeq }: Entry, at: IsoTime): number {
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

function takeToWrite(entry: Entry): UnstoredPrice[] {
  const { asset, quote, storedSeq, writingSeq } = entry;
  if (!quote || quote.seq <= storedSeq) return [];
  entry.writingSeq = quote.seq;
  const expectedStoredSeqs = writingSeq === undefined ? [storedSeq] : [storedSeq, writingSeq];
  return [{ asset, quote, expectedStoredSeqs }];
}
