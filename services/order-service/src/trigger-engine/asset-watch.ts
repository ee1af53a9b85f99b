import type { AssetId, OrderId } from '@cnop/common/core/brands';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { faultOfQuote } from '@cnop/common/trading/trigger-rules';
import type { PriceSpan } from '../domain/triggers/price-span.ts';
import { createPriceSpan } from '../domain/triggers/price-span.ts';
import { createQuoteWindow } from '../domain/triggers/quote-window.ts';
import { countRefusedQuote } from '../use-cases/dependencies.ts';
import { createCheckpointWriter, readRecordedQuotes } from './checkpoint.ts';
import type { EngineParts } from './engine-parts.ts';
import { executeTriggeredOrders } from './execute-triggered-orders.ts';
import { createTrailingStops } from './trailing-stops.ts';

/** The quotes of one asset, and the orders that they trigger. */
export interface AssetWatch {
  /** Stores a quote in memory until `process` is called. */
  see(quote: Quote): void;
  /** Stores the quote that was on the board before the engine subscribed. */
  seeFirst(quote: Quote): void;
  /** Drops stored quotes that are no longer needed, while the engine sleeps. */
  rest(): void;
  /** Processes the stored quotes. Must not run concurrently with itself. */
  process(): Promise<void>;
  /** Makes the next `process` read every open trailing stop again. */
  tidyNext(): void;
  /** Drops a trailing stop that ended. */
  forget(orderId: OrderId): void;
  /** Stores how far quotes are processed, if that changed and the asset has open orders. */
  saveCheckpoint(): Promise<void>;
}

/** Creates the watch of one asset. It reads the store at the first call of `process`. */
export function createAssetWatch(assetId: AssetId, parts: EngineParts): AssetWatch {
  const { clock, maxQuoteAgeSeconds, triggerIndex, log } = parts;
  const window = createQuoteWindow();
  const trailing = createTrailingStops(assetId, parts, window);
  const checkpoint = createCheckpointWriter(assetId, parts);
  /** Quotes on record from a time without an engine, until they are processed. */
  let missed: PriceSpan | undefined;
  let first: Quote | undefined;
  let isLoaded = false;
  let needsTidying = false;
  let learnedAtMilliseconds = Number.NEGATIVE_INFINITY;

  function see(quote: Quote): void {
    const now = clock.now();
    const fault = faultOfQuote(quote, now, maxQuoteAgeSeconds);
    if (fault !== undefined) countRefusedQuote({ use: 'trigger', reason: fault });
    window.add({ quote, seenAtMilliseconds: now.getTime(), isFresh: fault === undefined });
  }

  async function load(): Promise<void> {
    // An asset without open orders missed nothing: later orders are read from the index.
    if (!(await triggerIndex.isEmpty(assetId))) {
      const recorded = await readRecordedQuotes(parts, assetId);
      await trailing.load(recorded, first);
      missed = createPriceSpan(recorded);
      if (missed) log.info({ asset_id: assetId, quotes: recorded.length }, 'processing missed quotes');
    }
    learnedAtMilliseconds = clock.now().getTime();
    isLoaded = true;
  }

  async function execute(latest: Quote, beganAtMilliseconds: number): Promise<void> {
    const unsettled = window.unsettled();
    const { changed, isComplete } = await executeTriggeredOrders(parts, {
      assetId,
      latest,
      unsettled,
      missed,
      trailing,
    });
    const { bid, ask, seq } = latest;
    if (changed > 0) log.info({ asset_id: assetId, orders: changed, bid, ask }, 'orders triggered');
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

    rest: () => window.prune(clock.now().getTime()),

    async process() {
      if (!isLoaded) await load();
      const beganAtMilliseconds = clock.now().getTime();
      const latest = window.latest();
      trailing.follow();
      await trailing.learn(window.seqBefore(learnedAtMilliseconds));
      learnedAtMilliseconds = beganAtMilliseconds;
      // Before any order is executed, the peaks are on disk.
      await trailing.save();
      if (latest) await execute(latest, beganAtMilliseconds);
      if (needsTidying) await trailing.tidy();
      needsTidying = false;
      window.prune(beganAtMilliseconds);
    },

    tidyNext() {
      needsTidying = true;
    },

    forget: trailing.forget,

    saveCheckpoint: checkpoint.save,
  };
}
