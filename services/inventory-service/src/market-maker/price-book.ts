import { decimal, formatDecimal, isStorable, roundDown, ZERO } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote, QuoteSource } from '@cnop/common/entities/inventory/quote';
import { quoteAround } from '@cnop/common/entities/inventory/quote-rules';
import type { GuardedPrice } from '../domain/jump-guard.ts';
import { judgePrice } from '../domain/jump-guard.ts';
import type { FeedPrice, PricedAsset } from '../price-feed/price-feed.ts';

/** One asset in the book. */
interface Entry {
  asset: Asset;
  price: GuardedPrice;
  quote: Quote | undefined;
  /** `last_price_update` as the store has it, as far as we know. */
  storedAt: string;
  /** The same of a write under way, whose outcome is not known yet. */
  writingAt: string | undefined;
}

/** A price that the store does not have yet. */
export interface UnstoredPrice {
  readonly quote: Quote;
  /** What the stored asset's `last_price_update` may be, if nobody else has set a price. */
  readonly expectedStoredAt: readonly string[];
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

  const quoteAt = (entry: Entry, mid: string, at: string): Quote => {
    // Above what an earlier process can have given out, even if the clock was set back meanwhile.
    const lastSeq = entry.quote?.seq ?? Date.parse(entry.storedAt);
    const seq = Math.max(lastSeq + 1, Date.parse(at));
    entry.quote = quoteAround(entry.asset, { mid, at, source, seq });
    return entry.quote;
  };

  /** Believes what the store says of an asset, its price included. */
  const accept = (asset: Asset): Entry => {
    const entry: Entry = {
      asset,
      price: { accepted: asset.current_price, waiting: undefined },
      quote: entries.get(asset.asset_id)?.quote,
      storedAt: asset.last_price_update,
      writingAt: undefined,
    };
    entries.set(asset.asset_id, entry);
    return entry;
  };

  return {
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
      const { last_price_update: at } = asset;
      // A list may lag behind on some stores: what is older than what we know says nothing.
      if (known && asset.updated_at >= known.asset.updated_at) known.asset = asset;
      if (known && (at <= known.storedAt || at === known.writingAt)) return false;
      accept(asset);
      return true;
    },

    /** The quote of an asset at the price that somebody set, fresh from that moment. */
    quoteOfSetPrice(asset: Asset): Quote {
      return quoteAt(accept(asset), asset.current_price, asset.last_price_update);
    },

    /** The quote that a feed's price makes, unless it has jumped or is no price at all. */
    quoteOf({ asset_id, mid, at }: FeedPrice, now: string): Quote | undefined {
      const entry = entries.get(asset_id);
      const price = entry && atScale(mid, entry.asset.price_scale);
      if (!entry || price === undefined) return undefined;
      const judgement = judgePrice(entry.price, price, maxJumpPercent);
      if (!judgement.isAccepted) onJump(asset_id, entry.price.accepted, price);
      entry.price = judgement.price;
      return judgement.isAccepted ? quoteAt(entry, price, at ?? now) : undefined;
    },

    /** The quotes that are newer than what the store has. They count as being written from here on. */
    takeUnstored(): UnstoredPrice[] {
      const unstored: UnstoredPrice[] = [];
      for (const entry of entries.values()) {
        const { quote, storedAt, writingAt } = entry;
        if (!quote || quote.at <= storedAt) continue;
        unstored.push({
          quote,
          expectedStoredAt: writingAt === undefined ? [storedAt] : [storedAt, writingAt],
        });
        entry.writingAt = quote.at;
      }
      return unstored;
    },

    /** The quotes that are in the store now. */
    confirmStored(quotes: readonly Quote[]): void {
      for (const { asset_id, at } of quotes) {
        const entry = entries.get(asset_id);
        if (!entry) continue;
        entry.storedAt = at;
        entry.writingAt = undefined;
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
