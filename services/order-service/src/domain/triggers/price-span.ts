import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import { isTriggeredWithBound } from '@cnop/common/entities/order/order';
import { isLimitOrder, sideOf } from '@cnop/common/trading/order-sides';
import { isStopType, meetsLimit, scaledPrice, triggersStop } from '@cnop/common/trading/trigger-rules';
import type { Trigger } from './execute-triggered-order.ts';

/** A span of quotes that stop-losses and take-profits are compared with. */
export interface PriceSpan {
  readonly lowestBid: string;
  readonly highestBid: string;
  /** Returns the first quote after the acceptance of an order that triggers its stop. Limits and trailing stops have none. */
  triggerOf(order: Order): Trigger | undefined;
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
    triggerOf({ order_type: type, stop_price, accepted_quote, trigger_quote }) {
      // Triggered before, and open as a limit at its bound.
      if (trigger_quote !== null) return undefined;
      if (stop_price === null || accepted_quote === null || !isStopType(type)) return undefined;
      const stop = scaledPrice(stop_price);
      const found = points.find(
        ({ bid, quote }) => quote.seq > accepted_quote.seq && triggersStop(type, stop, bid),
      );
      return found && { quote: found.quote, price: stop_price };
    },
  };
}

/**
 * Returns the trigger of a limit order: the quote that it would be filled at, if that came after its acceptance. A
 * triggered stop with a price bound is such a limit, and keeps its first trigger.
 */
export function limitTriggerOf(order: Order, quote: Quote): Trigger | undefined {
  const { order_type, price, accepted_quote } = order;
  if (isTriggeredWithBound(order)) {
    if (!meetsLimit(sideOf(order_type), order.price_bound, quote)) return undefined;
    return { quote: order.trigger_quote, price: order.trigger_price ?? '0' };
  }
  if (price === null || !isLimitOrder(order_type)) return undefined;
  // The process that accepted the order may be ahead of this one.
  if (accepted_quote !== null && quote.seq <= accepted_quote.seq) return undefined;
  return meetsLimit(sideOf(order_type), price, quote) ? { quote, price } : undefined;
}
