import type { AssetId, OrderId } from '@cnop/common/core/brands';
import type { Position } from '@cnop/common/core/pagination';
import type { PricePeak, PricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import type { TriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OpenOrder, Trigger } from '@cnop/common/entities/order/order';
import type { AcceptedStop, TriggeredOrder } from '../domain/trailing-stops/followed-stops.ts';
import { createFollowedStops } from '../domain/trailing-stops/followed-stops.ts';
import type { BidAt } from '../domain/trailing-stops/peaks.ts';
import { supersededBy, withoutSuperseded } from '../domain/trailing-stops/peaks.ts';
import type { QuoteWindow } from '../domain/triggers/quote-window.ts';
import type { EngineParts } from './engine-parts.ts';
import { PAGE_SIZE } from './engine-parts.ts';

/** The trailing stops of one asset: in memory by their peaks, and each peak on disk before an order is executed by it. */
export interface TrailingStops {
  /**
   * Restores the stored state, and processes the quotes from the time without an engine.
   * @param latest the quote that was on the board before the engine subscribed
   */
  load(recorded: readonly Quote[], latest: Quote | undefined): Promise<void>;
  /** Processes the quotes that arrived, in the order of time. */
  follow(): void;
  /**
   * Reads orders from the index that were accepted at a quote or later, and catches up on the quotes that they missed.
   * @param fromSeq undefined: from the latest known quote of an acceptance on
   */
  learn(fromSeq: number | undefined): Promise<void>;
  /** Stores the new peaks. Triggered orders may be executed after that. */
  save(): Promise<void>;
  triggered(): readonly TriggeredOrder[];
  triggerOf(orderId: OrderId): Trigger | undefined;
  /** Drops an order that is no longer open. */
  forget(orderId: OrderId): void;
  /** Reads all open trailing stops again, and drops orders that are no longer open and peaks that no order needs. */
  tidy(): Promise<void>;
}

/** Creates the trailing stops of one asset, empty until `load` or `learn`. */
export function createTrailingStops(
  assetId: AssetId,
  { triggerIndex, peaks }: Pick<EngineParts, 'triggerIndex' | 'peaks'>,
  window: QuoteWindow,
): TrailingStops {
  const stored = createStoredPeaks(assetId, peaks);
  const followed = createFollowedStops();
  const { isKnown } = followed;
  let lastAcceptedSeq = 0;

  async function learn(fromSeq: number, onSeen: (orderId: OrderId) => void = () => undefined): Promise<void> {
    for await (const stop of readTrailingStops(triggerIndex, { assetId, fromSeq, isKnown, onSeen })) {
      const since = window.after(stop.accepted.seq);
      const missed = since.filter(({ quote }) => quote.seq <= followed.followedSeq());
      followed.takeIn(stop, missed, stored.all());
      lastAcceptedSeq = Math.max(lastAcceptedSeq, stop.accepted.seq);
    }
  }

  /** Reads the orders that the index lacks before dropping them, since an index may lag. */
  async function dropEnded(present: ReadonlySet<OrderId>): Promise<void> {
    const missing = [...followed.openIds()].filter((id) => !present.has(id));
    const open = new Set((await triggerIndex.getOpen(missing)).map(({ order_id }) => order_id));
    for (const id of missing) if (!open.has(id)) followed.forget(id);
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
      // Quotes that arrived meanwhile are processed like any other.
      const firstLive = latest ? latest.seq + 1 : (window.firstSeq() ?? Number.POSITIVE_INFINITY);
      // The record may be ahead of the quotes that arrived. Processing them again would break the order of time.
      const firstSeq = Math.max(firstLive, (recorded.at(-1)?.seq ?? -1) + 1);
      const bids = [...stored.all(), ...(latest && !latest.suspended ? [latest] : [])];
      followed.restore({ stops, bids, recorded, firstSeq });
    },

    follow: () => followed.follow(window.after(followed.followedSeq())),
    learn: (fromSeq = lastAcceptedSeq) => learn(fromSeq),
    save,
    triggered: followed.triggered,
    triggerOf: followed.triggerOf,
    forget: followed.forget,

    async tidy() {
      const present = new Set<OrderId>();
      await learn(0, (orderId) => present.add(orderId));
      await dropEnded(present);
      await save();
      // The peaks of triggered orders are not among those of open ones.
      if (followed.triggered().length > 0) return;
      // A recent peak may belong to an order that another process learned of first.
      await stored.keepOnly(followed.raises(), window.firstSeq() ?? 0);
    },
  };
}

interface TrailingRange {
  readonly assetId: AssetId;
  /** The lowest `seq` of the quote of acceptance. */
  readonly fromSeq: number;
  readonly isKnown: (orderId: OrderId) => boolean;
  /** Called for every order in the index, known or not. */
  readonly onSeen?: (orderId: OrderId) => void;
}

/** Yields the open trailing stops of an asset that are not known yet, page by page. */
async function* readTrailingStops(
  triggerIndex: TriggerIndexDao,
  { assetId, fromSeq, isKnown, onSeen }: TrailingRange,
): AsyncGenerator<AcceptedStop> {
  let after: Position | undefined;
  do {
    const page = await triggerIndex.getOrders({ assetId, kind: 'TRAIL', fromSeq, limit: PAGE_SIZE, after });
    const ids = page.items.map(({ orderId }) => orderId);
    if (onSeen) ids.forEach(onSeen);
    const unknown = ids.filter((id) => !isKnown(id));
    // The index holds ids only; the trails are in the orders.
    if (unknown.length > 0) yield* (await triggerIndex.getOpen(unknown)).flatMap(acceptedStopOf);
    after = page.next;
  } while (after);
}

function acceptedStopOf(order: OpenOrder): AcceptedStop[] {
  if (!('trail' in order)) return [];
  const { order_id: orderId, username, trail } = order;
  const { seq, bid, at } = order.accepted_quote;
  return [{ orderId, username, trail, accepted: { seq, bid, at } }];
}

/** The peaks of one asset on disk, as far as this process knows, and those that are still to be written. */
interface StoredPeaks {
  all(): readonly PricePeak[];
  load(): Promise<void>;
  /** Stores bids that raised the peak of an order, unless they are stored already or superseded. */
  save(raises: readonly BidAt[]): Promise<void>;
  /** Deletes the peaks older than a `seq` that no order needs. */
  keepOnly(needed: readonly BidAt[], olderThanSeq: number): Promise<void>;
}

function createStoredPeaks(assetId: AssetId, dao: PricePeakDao): StoredPeaks {
  const stored = new Map<number, PricePeak>();
  let unstored: BidAt[] = [];

  const note = (added: readonly PricePeak[], removed: readonly PricePeak[]): void => {
    for (const { seq } of removed) stored.delete(seq);
    for (const peak of added) stored.set(peak.seq, peak);
  };

  return {
    all: () => [...stored.values()],

    async load() {
      note(await dao.getPeaks(assetId), []);
    },

    async save(raises) {
      // Kept until the write succeeds, so that a failed write loses nothing.
      unstored = withoutSuperseded([...unstored, ...raises]).filter(
        ({ seq, bid }) => stored.get(seq)?.bid !== bid,
      );
      if (unstored.length === 0) return;
      const added = unstored.map(({ seq, bid, at }) => ({ asset_id: assetId, seq, bid, at }));
      const removed = supersededBy(added, [...stored.values()]);
      await dao.replacePeaks(added, removed);
      note(added, removed);
      unstored = [];
    },

    async keepOnly(needed, olderThanSeq) {
      const neededSeqs = new Set(needed.map(({ seq }) => seq));
      // Read again: another process may have left some.
      const all = await dao.getPeaks(assetId);
      const unneeded = all.filter(({ seq }) => !neededSeqs.has(seq) && seq < olderThanSeq);
      if (unneeded.length === 0) return;
      await dao.replacePeaks([], unneeded);
      note([], unneeded);
    },
  };
}
