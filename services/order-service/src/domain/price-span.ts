import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import { isTriggeredWithBound } from '@cnop/common/entities/order/order';
import { isLimitOrder, sideOf } from '@cnop/common/trading/order-sides';
import type { Trigger } from './execute-triggered-order.ts';
import { scaledPrice } from './scaled-price.ts';
import { meetsLimit } from './trigger-rules.ts';

/** A stretch of prices that stops are held against. */
export interface PriceSpan {
  readonly lowestBid: string;
  readonly highestBid: string;
  /** The first price since its acceptance that touched the stop of an order; limits and trailing stops have none. */
  touchOf(order: Order): Trigger | undefined;
}

interface Point {
  readonly quote: Quote;
  readonly bid: bigint;
}

/**
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
    touchOf({ order_type, stop_price, accepted_quote, trigger_quote }) {
      // It was triggered before and waits for its bound.
      if (trigger_quote !== null) return undefined;
      const isTakeProfit = order_type === 'take_profit';
      if (stop_price === null || accepted_quote === null || !(isTakeProfit || order_type === 'stop_loss')) {
        return undefined;
      }
      const stop = scaledPrice(stop_price);
      const touching = points.find(
        ({ bid, quote }) => quote.seq > accepted_quote.seq && (isTakeProfit ? bid >= stop : bid <= stop),
      );
      return touching && { quote: touching.quote, price: stop_price };
    },
  };
}

/**
 * What makes a limit order fire: the very price that it would be executed at, if it came after its acceptance. A
 * triggered stop that waits for its bound is such a limit, and keeps the trigger that it had.
 */
export function limitTouch(order: Order, quote: Quote): Trigger | undefined {
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
