import type { Price } from '@cnop/common/core/brands';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OpenOrder, Trigger } from '@cnop/common/entities/order/order';
import { sideOf } from '@cnop/common/entities/order/order';
import { meetsLimit, scaledPrice, triggersStop } from '@cnop/common/trading/trigger-rules';

/** A span of quotes that stop-losses and take-profits are compared with. */
export interface PriceSpan {
  readonly lowestBid: Price;
  readonly highestBid: Price;
  /** Returns the first quote after the acceptance of an order that triggers its stop. Limits and trailing stops have none. */
  triggerOf(order: OpenOrder): Trigger | undefined;
}

interface Point {
  readonly quote: Quote;
  readonly bid: bigint;
}

/**
 * Creates a span.
 * @param quotes in the order of time
 * @returns undefined without quotes
 */
export function createPriceSpan(quotes: readonly Quote[]): PriceSpan | undefined {
  const points: Point[] = quotes.map((quote) => ({ quote, bid: scaledPrice(quote.bid) }));
  const [first] = points;
  if (!first) return undefined;
  const lowest = points.reduce((low, point) => (point.bid < low.bid ? point : low));
  const highest = points.reduce((high, point) => (point.bid > high.bid ? point : high));
  return {
    lowestBid: lowest.quote.bid,
    highestBid: highest.quote.bid,
    triggerOf(order) {
      // One that was triggered before is open as a limit at its bound.
      if (!('stop_price' in order) || order.trigger !== null) return undefined;
      const { stop_price: price, accepted_quote } = order;
      const stop = scaledPrice(price);
      const found = points.find(
        ({ bid, quote }) => quote.seq > accepted_quote.seq && triggersStop(order, stop, bid),
      );
      return found && { quote: found.quote, price };
    },
  };
}

/**
 * Returns the trigger of a limit order: the quote that it would be filled at, if that came after its acceptance. A
 * triggered stop with a price bound is such a limit, and keeps its first trigger.
 */
export function limitTriggerOf(order: OpenOrder, quote: Quote): Trigger | undefined {
  const side = sideOf(order.order_type);
  if (order.trigger !== null) return meetsLimit(side, order.price_bound, quote) ? order.trigger : undefined;
  if (!('limit' in order)) return undefined;
  // The process that accepted the order may be ahead of this one.
  if (quote.seq <= order.accepted_quote.seq) return undefined;
  return meetsLimit(side, order.limit, quote) ? { quote, price: order.limit } : undefined;
}
