import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Trigger } from '../domain/execute-triggered-order.ts';
import type { TouchedOrder } from '../domain/followed-stops.ts';
import { createFollowedStops } from '../domain/followed-stops.ts';
import type { AcceptedStop } from '../domain/missed-prices.ts';
import type { QuoteWindow } from '../domain/quote-window.ts';
import type { EngineParts } from './dependencies.ts';
import { readTrailingStops } from './read-trailing-stops.ts';
import { createStoredPeaks } from './stored-peaks.ts';

/** The trailing stops of one asset: in memory by their peaks, and each peak on disk before anything rests on it. */
export interface TrailingStops {
  /**
   * Begins with what is stored, and with the prices of the time when nobody followed them.
   * @param latest the quote that was there before any came in
   */
  load(recorded: readonly Quote[], latest: Quote | undefined): Promise<void>;
  /** Follows what has come in, in the order of time. */
  follow(): void;
  /**
   * Takes in orders that were accepted at a quote or later, with what they missed.
   * @param fromSeq undefined: at the latest quote of an acceptance that is known, or later
   */
  learn(fromSeq: number | undefined): Promise<void>;
  /** Puts the peaks on disk; what was touched may be acted on afterwards. */
  save(): Promise<void>;
  touched(): readonly TouchedOrder[];
  triggerOf(orderId: string): Trigger | undefined;
  /** Drops an order that waits no longer. */
  forget(orderId: string): void;
  /** Reads all of them again: drops orders that are no longer open, and peaks that no other order needs. */
  tidy(): Promise<void>;
}

export function createTrailingStops(
  assetId: string,
  { triggerIndex, peaks }: Pick<EngineParts, 'triggerIndex' | 'peaks'>,
  window: QuoteWindow,
): TrailingStops {
  const stored = createStoredPeaks(assetId, peaks);
  const followed = createFollowedStops();
  const { isKnown } = followed;
  let lastAcceptedSeq = 0;

  async function learn(fromSeq: number, onSeen: (orderId: string) => void = () => undefined): Promise<void> {
    for await (const stop of readTrailingStops(triggerIndex, { assetId, fromSeq, isKnown, onSeen })) {
      const since = window.after(stop.accepted.seq);
      const missed = since.filter(({ quote }) => quote.seq <= followed.followedSeq());
      followed.takeIn(stop, missed, stored.all());
      lastAcceptedSeq = Math.max(lastAcceptedSeq, stop.accepted.seq);
    }
  }

  /** An index may lag, so the orders that it does not have are asked themselves. */
  async function dropEnded(present: ReadonlySet<string>): Promise<void> {
    const missing = [...followed.waitingIds()].filter((id) => !present.has(id));
    const waiting = new Set((await triggerIndex.getOpen(missing)).map(({ order_id }) => order_id));
    for (const id of missing) if (!waiting.has(id)) followed.forget(id);
  }

  const save = (): Promise<void> => stored.save(followed.takeNewRaises());

  return {
    async load(recorded, latest) {
      await stored.load();
      const stops: AcceptedStop[] = [];
      for await (const stop of readTrailingStops(triggerIndex, {
        assetId,
        fromSeq: 0,
        isKnown: () => false,
      })) {
        stops.push(stop);
        lastAcceptedSeq = Math.max(lastAcceptedSeq, stop.accepted.seq);
      }
      // What has come in since then is followed like any other quote.
      const firstLive = latest ? latest.seq + 1 : (window.firstSeq() ?? Number.POSITIVE_INFINITY);
      // The record may be ahead of the quotes that came in. Following it twice would mix up the order of time.
      const firstSeq = Math.max(firstLive, (recorded.at(-1)?.seq ?? -1) + 1);
      const bids = [...stored.all(), ...(latest && !latest.suspended ? [latest] : [])];
      followed.restore({ stops, bids, recorded, firstSeq });
    },

    follow: () => followed.follow(window.after(followed.followedSeq())),
    learn: (fromSeq = lastAcceptedSeq) => learn(fromSeq),
    save,
    touched: followed.touched,
    triggerOf: followed.triggerOf,
    forget: followed.forget,

    async tidy() {
      const present = new Set<string>();
      await learn(0, (orderId) => present.add(orderId));
      await dropEnded(present);
      await save();
      // The peaks of what is still to be executed are not among those of what waits.
      if (followed.touched().length > 0) return;
      // One that is young may be the peak of an order that another process learnt of first.
      await stored.keepOnly(followed.raises(), window.firstSeq() ?? 0);
    },
  };
}
