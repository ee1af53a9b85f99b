import type { AssetId } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { IndexedOrder, TriggerRange } from '@cnop/common/dao/order/trigger-index-dao';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { mayExecuteAny } from '@cnop/common/trading/permissions';
import { isTradable } from '@cnop/common/trading/trigger-rules';
import type { PriceSpan } from '../domain/triggers/price-span.ts';
import { createPriceSpan, limitTriggerOf } from '../domain/triggers/price-span.ts';
import type { SeenQuote } from '../domain/triggers/quote-window.ts';
import type { TriggerRule } from '../use-cases/change-open-order.ts';
import { triggerOrder } from '../use-cases/change-open-order.ts';
import type { EngineParts, Tally } from './engine-parts.ts';
import { changeEachOrder, PAGE_SIZE, paced } from './engine-parts.ts';
import { readLeftOrders } from './stand-by.ts';
import type { TrailingStops } from './trailing-stops.ts';

/** The quotes that open orders are compared with. */
export interface PriceMove {
  readonly assetId: AssetId;
  /** The current quote. */
  readonly latest: Quote;
  /** Quotes that may trigger a stop. */
  readonly unsettled: readonly SeenQuote[];
  /** Quotes on record from a time without an engine. */
  readonly missed: PriceSpan | undefined;
  readonly trailing: TrailingStops;
}

/**
 * Executes the orders of an asset that its quotes trigger: one index range for each direction of the price, and the
 * triggered trailing stops. An order that was missed is in the range again at the next quote. Does nothing while the
 * asset is not traded or has no tradable quote.
 */
export async function executeTriggeredOrders(parts: EngineParts, move: PriceMove): Promise<Tally> {
  const { assetId, latest, unsettled, missed } = move;
  await parts.prepareStore();
  const asset = await parts.assets.getAsset(assetId);
  const isPermitted = asset !== undefined && mayExecuteAny(asset.status);
  const canTrade = isPermitted && isTradable(latest, parts.clock.now(), parts.maxQuoteAgeSeconds);
  if (!canTrade) return { changed: 0, isComplete: false };
  const seen = createPriceSpan(unsettled.map(({ quote }) => quote));
  const spans = [seen, missed].filter((span) => span !== undefined);
  const rule: TriggerRule = (order, quote) =>
    limitTriggerOf(order, quote) ?? firstOf(spans, (span) => span.triggerOf(order));
  const tallies = await Promise.all([
    ...rangesOf(move, spans).map((range) => executeRange(parts, range, rule)),
    executeTrailingStops(parts, move),
  ]);
  return {
    changed: tallies.reduce((sum, { changed }) => sum + changed, 0),
    isComplete: tallies.every(({ isComplete }) => isComplete),
  };
}

type Range = Omit<TriggerRange, 'limit' | 'after'>;

/** A limit must be met by the current quote; a stop by any quote since its acceptance. */
function rangesOf({ assetId, latest }: PriceMove, spans: readonly PriceSpan[]): Range[] {
  const bids = [latest.bid, ...spans.flatMap(({ lowestBid, highestBid }) => [lowestBid, highestBid])];
  return [
    { assetId, kind: 'ASK_LE', fromPrice: latest.ask },
    { assetId, kind: 'BID_LE', fromPrice: bids.reduce((low, bid) => (decimal(bid).lt(low) ? bid : low)) },
    { assetId, kind: 'BID_GE', toPrice: bids.reduce((high, bid) => (decimal(bid).gt(high) ? bid : high)) },
  ];
}

async function executeRange(parts: EngineParts, range: Range, rule: TriggerRule): Promise<Tally> {
  return changeEachOrder(
    parts,
    (after) =>
      readLeftOrders(parts, () => parts.triggerIndex.getOrders({ ...range, limit: PAGE_SIZE, after })),
    async (order) => paced(parts, order.orderId, await triggerOrder(parts, order, rule)),
  );
}

async function executeTrailingStops(parts: EngineParts, { assetId, trailing }: PriceMove): Promise<Tally> {
  return changeEachOrder(
    parts,
    async () =>
      readLeftOrders(parts, async () => {
        const triggered = trailing.triggered().map((order) => ({ ...order, assetId }));
        return { items: await withoutFilled(parts, trailing, triggered), next: undefined };
      }),
    async (order) => {
      const attempt = await triggerOrder(parts, order, () => trailing.triggerOf(order.orderId));
      const kind = paced(parts, order.orderId, attempt);
      if (kind !== 'blocked') trailing.forget(order.orderId);
      return kind;
    },
  );
}

/** Returns the triggered trailing stops that are still open, if another engine may have filled some. */
async function withoutFilled(
  { pace, triggerIndex }: EngineParts,
  trailing: TrailingStops,
  orders: readonly IndexedOrder[],
): Promise<readonly IndexedOrder[]> {
  if (!pace.isLagging() || orders.length === 0) return orders;
  const open = await triggerIndex.getOpen(orders.map(({ orderId }) => orderId));
  const openIds = new Set(open.map(({ order_id }) => order_id));
  for (const { orderId } of orders) if (!openIds.has(orderId)) trailing.forget(orderId);
  return orders.filter(({ orderId }) => openIds.has(orderId));
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
