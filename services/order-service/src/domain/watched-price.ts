import { decimal, formatDecimal, formatPercentageOf } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import { isTriggeredWithBound } from '@cnop/common/entities/order/order';
import type { NearestMiss, WaitingFor } from '@cnop/common/entities/order/order-explanation';
import { isLimitOrder, priceFor, sideOf } from '@cnop/common/trading/order-sides';
import type { Extreme, Period } from './candle-spans.ts';
import { endOfMinute } from './candle-spans.ts';
import { trailingStopPrice } from './trigger-rules.ts';

/** A price on the side of an order, and when it was. */
export interface SeenPrice {
  readonly price: string;
  readonly at: string;
  readonly interval: NearestMiss['interval'];
}

/** Which end of the range of a price came closest to what an order waits for. */
export function extremeFor({ order_type }: Pick<Order, 'order_type'>): Extreme {
  return order_type === 'limit_buy' || order_type === 'stop_loss' ? 'lowest' : 'highest';
}

/** While the price was, or is, watched for an order that did not fire. */
export function watchedPeriod(order: Order, now: Date): Period | undefined {
  const { accepted_quote, trigger_quote, status, created_at, updated_at } = order;
  if (accepted_quote === null || trigger_quote !== null || status === 'completed') return undefined;
  const from = Date.parse(created_at);
  return { from, to: status === 'queued' ? endOfMinute(now.getTime()) : Date.parse(updated_at) };
}

/** The price that came closest; the earliest of several. */
export function closest(seen: readonly SeenPrice[], extreme: Extreme): SeenPrice | undefined {
  return seen.reduce<SeenPrice | undefined>((best, next) => {
    if (!best) return next;
    const price = decimal(next.price);
    return (extreme === 'lowest' ? price.lt(best.price) : price.gt(best.price)) ? next : best;
  }, undefined);
}

/** How close the price came to the trigger of an order. */
export function nearestMissOf(order: Order, seen: SeenPrice | undefined): NearestMiss | null {
  if (!seen) return null;
  const trigger = fixedTriggerOf(order);
  return { ...seen, trigger_price: trigger, ...distanceTo(trigger, seen.price) };
}

/** What a waiting order waits for, and how far that is from here. */
export function waitingFor(
  order: Order,
  { quote, peakBid }: { readonly quote: Quote | undefined; readonly peakBid: string | null },
): WaitingFor | null {
  if (order.status !== 'queued') return null;
  const side = sideOf(order.order_type);
  const boundWaited = isTriggeredWithBound(order) ? order.price_bound : undefined;
  const trigger =
    boundWaited ??
    (peakBid === null ? fixedTriggerOf(order) : formatDecimal(trailingStopPrice(order, peakBid)));
  const price = quote ? priceFor(side, quote) : null;
  const falls = boundWaited === undefined && (peakBid !== null || extremeFor(order) === 'lowest');
  return {
    watches: side === 'buy' ? 'ask' : 'bid',
    condition: falls ? 'at_or_below' : 'at_or_above',
    trigger_price: trigger,
    price_bound: order.price_bound,
    peak: boundWaited === undefined ? peakBid : null,
    price,
    quote_at: quote?.at ?? null,
    ...(price === null ? { distance: null, distance_percent: null } : distanceTo(trigger, price)),
    expires_at: order.expires_at,
  };
}

/** Of an order that waits for one price; each of them has it. */
function fixedTriggerOf({ order_type, price, stop_price }: Order): string {
  return (isLimitOrder(order_type) ? price : stop_price) ?? '0';
}

function distanceTo(trigger: string, price: string): Pick<NearestMiss, 'distance' | 'distance_percent'> {
  const distance = decimal(trigger).minus(price);
  return {
    distance: formatDecimal(distance),
    distance_percent: formatPercentageOf(distance, decimal(price)),
  };
}
