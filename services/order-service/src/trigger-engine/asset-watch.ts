import type { Quote } from '@cnop/common/entities/inventory/quote';
import { isTradable } from '../domain/fresh-quote.ts';
import type { PriceSpan } from '../domain/price-span.ts';
import { createPriceSpan } from '../domain/price-span.ts';
import { createQuoteWindow } from '../domain/quote-window.ts';
import { createCheckpointWriter } from './checkpoint-writer.ts';
import type { EngineParts } from './dependencies.ts';
import { fireTouchedOrders } from './fire-touched-orders.ts';
import { readRecordedQuotes } from './read-recorded-quotes.ts';
import { createTrailingStops } from './trailing-stops.ts';

/** One asset: its prices, and what they fire. */
export interface AssetWatch {
  /** Notes a quote; costs nothing, and acts on nothing. */
  see(quote: Quote): void;
  /** Notes the quote that was there before any came in. */
  seeFirst(quote: Quote): void;
  /** Acts on what was seen. Never to run twice at once. */
  act(): Promise<void>;
  /** Makes the next `act` read every open trailing stop again. */
  tidyNext(): void;
  /** Drops a trailing stop that somebody ended. */
  forget(orderId: string): void;
  /** Stores how far the prices have been acted on, if they have and an order waits for them. */
  saveCheckpoint(): Promise<void>;
}

export function createAssetWatch(assetId: string, parts: EngineParts): AssetWatch {
  const { clock, maxQuoteAgeSeconds, triggerIndex, log } = parts;
  const window = createQuoteWindow();
  const trailing = createTrailingStops(assetId, parts, window);
  const checkpoint = createCheckpointWriter(assetId, parts);
  /** Prices of a time when nobody looked, until they are acted on. */
  let missed: PriceSpan | undefined;
  let first: Quote | undefined;
  let isLoaded = false;
  let wantsTidying = false;
  let learntAtMilliseconds = Number.NEGATIVE_INFINITY;

  function see(quote: Quote): void {
    const now = clock.now();
    window.add({
      quote,
      seenAtMilliseconds: now.getTime(),
      isFresh: isTradable(quote, now, maxQuoteAgeSeconds),
    });
  }

  async function load(): Promise<void> {
    // Orders that come from now on are learnt of by what comes in, so an asset without any needs no look back.
    if (!(await triggerIndex.isEmpty(assetId))) {
      const recorded = await readRecordedQuotes(parts, assetId);
      await trailing.load(recorded, first);
      missed = createPriceSpan(recorded);
      if (missed) log.info({ asset_id: assetId, quotes: recorded.length }, 'looking at missed prices');
    }
    learntAtMilliseconds = clock.now().getTime();
    isLoaded = true;
  }

  async function fire(latest: Quote, beganAtMilliseconds: number): Promise<void> {
    const unsettled = window.unsettled();
    const { changed, isComplete } = await fireTouchedOrders(parts, {
      assetId,
      latest,
      unsettled,
      missed,
      trailing,
    });
    const { bid, ask, seq } = latest;
    if (changed > 0) log.info({ asset_id: assetId, orders: changed, bid, ask }, 'orders fired');
    if (!isComplete) return;
    window.settle(seq, beganAtMilliseconds);
    checkpoint.note(latest);
    missed = undefined;
  }

  return {
    see,

    seeFirst(quote) {
      first = quote;
      see(quote);
    },

    async act() {
      if (!isLoaded) await load();
      const beganAtMilliseconds = clock.now().getTime();
      const latest = window.latest();
      trailing.follow();
      await trailing.learn(window.seqBefore(learntAtMilliseconds));
      learntAtMilliseconds = beganAtMilliseconds;
      // Before anything is done about a bid, whatever it raised is on disk.
      await trailing.save();
      if (latest) await fire(latest, beganAtMilliseconds);
      if (wantsTidying) await trailing.tidy();
      wantsTidying = false;
      window.prune(beganAtMilliseconds);
    },

    tidyNext() {
      wantsTidying = true;
    },

    forget: trailing.forget,

    saveCheckpoint: checkpoint.save,
  };
}
