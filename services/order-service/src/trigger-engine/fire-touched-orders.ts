import { decimal } from '@cnop/common/core/money';
import type { TriggerRange } from '@cnop/common/dao/order/trigger-index-dao';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { mayExecuteAny } from '@cnop/common/trading/asset-states';
import { isTradable } from '../domain/fresh-quote.ts';
import type { PriceSpan } from '../domain/price-span.ts';
import { createPriceSpan, limitTouch } from '../domain/price-span.ts';
import type { SeenQuote } from '../domain/quote-window.ts';
import type { TriggerRule } from '../use-cases/trigger-order.ts';
import { triggerOrder } from '../use-cases/trigger-order.ts';
import type { EngineParts } from './dependencies.ts';
import type { Tally } from './each-indexed-order.ts';
import { eachIndexedOrder, PAGE_SIZE } from './each-indexed-order.ts';
import type { TrailingStops } from './trailing-stops.ts';

export interface PriceMove {
  readonly assetId: string;
  /** The price of the moment. */
  readonly latest: Quote;
  /** Prices that may fire a stop. */
  readonly unsettled: readonly SeenQuote[];
  /** Those of a time when nobody looked. */
  readonly missed: PriceSpan | undefined;
  readonly trailing: TrailingStops;
}

/**
 * Executes what the price has reached: one range of each direction, and the trailing stops that it touched. An order
 * that was missed is in the range again at the next quote. While the asset is not traded, or has no price that is young
 * enough, nothing is tried.
 */
export async function fireTouchedOrders(parts: EngineParts, move: PriceMove): Promise<Tally> {
  const { assetId, latest, unsettled, missed } = move;
  await parts.prepareStore();
  const asset = await parts.assets.getAsset(assetId);
  const isPermitted = asset !== undefined && mayExecuteAny(asset.status);
  const canTrade = isPermitted && isTradable(latest, parts.clock.now(), parts.maxQuoteAgeSeconds);
  if (!canTrade) return { changed: 0, isComplete: false };
  const seen = createPriceSpan(unsettled.map(({ quote }) => quote));
  const spans = [seen, missed].filter((span) => span !== undefined);
  const rule: TriggerRule = (order, quote) =>
    limitTouch(order, quote) ?? firstOf(spans, (span) => span.touchOf(order));
  const tallies = await Promise.all([
    ...rangesOf(move, spans).map((range) => fireRange(parts, range, rule)),
    fireTrailing(parts, move),
  ]);
  return {
    changed: tallies.reduce((sum, { changed }) => sum + changed, 0),
    isComplete: tallies.every(({ isComplete }) => isComplete),
  };
}

type Range = Omit<TriggerRange, 'limit' | 'after'>;

/** A limit only fires while it is met, a stop wherever the price went since. */
function rangesOf({ assetId, latest }: PriceMove, spans: readonly PriceSpan[]): Range[] {
  const bids = [latest.bid, ...spans.flatMap(({ lowestBid, highestBid }) => [lowestBid, highestBid])];
  return [
    { assetId, kind: 'ASK_LE', fromPrice: latest.ask },
    { assetId, kind: 'BID_LE', fromPrice: bids.reduce((low, bid) => (decimal(bid).lt(low) ? bid : low)) },
    { assetId, kind: 'BID_GE', toPrice: bids.reduce((high, bid) => (decimal(bid).gt(high) ? bid : high)) },
  ];
}

async function fireRange(parts: EngineParts, range: Range, rule: TriggerRule): Promise<Tally> {
  return eachIndexedOrder(
    parts,
    (after) => parts.triggerIndex.getOrders({ ...range, limit: PAGE_SIZE, after }),
    async (order) => (await triggerOrder(parts, order, rule)).kind,
  );
}

async function fireTrailing(parts: EngineParts, { assetId, trailing }: PriceMove): Promise<Tally> {
  return eachIndexedOrder(
    parts,
    async () => ({ items: trailing.touched().map((order) => ({ ...order, assetId })), next: undefined }),
    async (order) => {
      const { kind } = await triggerOrder(parts, order, () => trailing.triggerOf(order.orderId));
      if (kind !== 'blocked') trailing.forget(order.orderId);
      return kind;
    },
  );
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
