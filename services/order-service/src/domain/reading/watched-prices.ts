import type { IsoTime, Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal, formatDecimal, formatPercentageOf, formatPrice } from '@cnop/common/core/money';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OpenOrder, Order } from '@cnop/common/entities/order/order';
import { endOf, priceFor, sideOf } from '@cnop/common/entities/order/order';
import type { NearestMiss, WaitingFor } from '@cnop/common/entities/order/order-explanation';
import { trailingStopPrice } from '@cnop/common/trading/trigger-rules';

/** A span of time in milliseconds since the epoch, without its end. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Consecutive candles of one interval; both ends are opening times. */
export interface CandleSpan {
  readonly interval: CandleInterval;
  readonly from: IsoTime;
  readonly to: IsoTime;
  readonly count: number;
}

const COARSEST_FIRST = ['1d', '1h', '15m', '5m', '1m'] as const satisfies readonly CandleInterval[];
const FINEST = '1m';
/** The most candles that one query returns. A period of so many of the finest is read in one query. */
const MAX_FINEST = 1_000;

/**
 * Covers a period with the longest candles that lie inside it: exact to the minute, with a few hundred candles for a
 * whole year.
 */
export function candleSpansOf(period: Period): CandleSpan[] {
  const isShort = period.to - period.from <= MAX_FINEST * lengthOf(FINEST);
  return spansWithin(period, isShort ? [FINEST] : COARSEST_FIRST);
}

function spansWithin({ from, to }: Period, intervals: readonly CandleInterval[]): CandleSpan[] {
  const [interval, ...finer] = intervals;
  if (interval === undefined || from >= to) return [];
  const length = lengthOf(interval);
  const first = Math.ceil(from / length) * length;
  const end = Math.floor(to / length) * length;
  if (first >= end) return spansWithin({ from, to }, finer);
  const count = (end - first) / length;
  return [
    ...spansWithin({ from, to: first }, finer),
    { interval, from: timeOf(first), to: timeOf(end - length), count },
    ...spansWithin({ from: end, to }, finer),
  ];
}

/** Returns the candles of the next shorter interval within a candle; undefined for the shortest. */
export function partsOf({
  interval,
  open_time,
}: Pick<Candle, 'interval' | 'open_time'>): CandleSpan | undefined {
  const finer = COARSEST_FIRST[COARSEST_FIRST.indexOf(interval) + 1];
  if (finer === undefined) return undefined;
  const from = Date.parse(open_time);
  return spansWithin({ from, to: from + lengthOf(interval) }, [finer])[0];
}

/** Returns the end of the minute of a moment. A period that ends there includes that minute's candle. */
export function endOfMinute(at: number): number {
  const length = lengthOf(FINEST);
  return (Math.floor(at / length) + 1) * length;
}

/** The extreme of a range of prices that is closest to a trigger. */
export type Extreme = 'lowest' | 'highest';

/** Returns the candle with the most extreme price; the earliest of several. */
export function furthest(candles: readonly Candle[], extreme: Extreme): Candle | undefined {
  return candles.reduce<Candle | undefined>(
    (best, candle) => (best && !reachesFurther(candle, best, extreme) ? best : candle),
    undefined,
  );
}

function reachesFurther(candle: Candle, than: Candle, extreme: Extreme): boolean {
  const price = decimal(reachOf(candle, extreme));
  return extreme === 'lowest' ? price.lt(than.low) : price.gt(than.high);
}

/** Returns the lowest or highest mid of a candle. */
export function reachOf(candle: Candle, extreme: Extreme): Price {
  return extreme === 'lowest' ? candle.low : candle.high;
}

function lengthOf(interval: CandleInterval): number {
  return CANDLE_SECONDS[interval] * 1_000;
}

function timeOf(milliseconds: number): IsoTime {
  return isoTime(new Date(milliseconds));
}

/** A price on the side of an order, and its time. */
export interface SeenPrice {
  readonly price: Price;
  readonly at: IsoTime;
  readonly interval: NearestMiss['interval'];
}

/** Returns which extreme of the price is closest to the trigger of an order. */
export function extremeFor({ order_type }: Pick<Order, 'order_type'>): Extreme {
  return order_type === 'limit_buy' || order_type === 'stop_loss' ? 'lowest' : 'highest';
}

/** Returns the time during which an order was open without being triggered; undefined when it was triggered. */
export function watchedPeriod(order: Order, now: Date): Period | undefined {
  if (order.accepted_quote === null || order.trigger !== null) return undefined;
  const from = Date.parse(order.created_at);
  return { from, to: order.status === 'queued' ? endOfMinute(now.getTime()) : Date.parse(endOf(order)) };
}

/** Returns the closest price; the earliest of several. */
export function closest(seen: readonly SeenPrice[], extreme: Extreme): SeenPrice | undefined {
  return seen.reduce<SeenPrice | undefined>((best, next) => {
    if (!best) return next;
    const price = decimal(next.price);
    return (extreme === 'lowest' ? price.lt(best.price) : price.gt(best.price)) ? next : best;
  }, undefined);
}

/** Returns how close the price came to the trigger of an order. */
export function nearestMissOf(order: Order, seen: SeenPrice | undefined): NearestMiss | null {
  const trigger = fixedTriggerOf(order);
  if (!seen || trigger === undefined) return null;
  return { ...seen, trigger_price: trigger, ...distanceTo(trigger, seen.price) };
}

/** Describes the trigger of an open order and its distance from the current price; null for any other order. */
export function waitingFor(
  order: Order,
  { quote, peakBid }: { readonly quote: Quote | undefined; readonly peakBid: Price | null },
): WaitingFor | null {
  if (order.status !== 'queued') return null;
  const side = sideOf(order.order_type);
  const trigger = triggerPriceOf(order, peakBid);
  const price = quote ? priceFor(side, quote) : null;
  const isTrailing = order.order_type === 'trailing_stop';
  const falls = order.trigger === null && (isTrailing || extremeFor(order) === 'lowest');
  return {
    watches: side === 'buy' ? 'ask' : 'bid',
    condition: falls ? 'at_or_below' : 'at_or_above',
    trigger_price: trigger,
    price_bound: 'price_bound' in order ? order.price_bound : null,
    peak: order.trigger === null ? peakBid : null,
    price,
    quote_at: quote?.at ?? null,
    ...(price === null ? { distance: null, distance_percent: null } : distanceTo(trigger, price)),
    expires_at: order.expires_at,
  };
}

/** Returns the price that an open order waits for, in USD per unit. */
function triggerPriceOf(order: OpenOrder, peakBid: Price | null): Price {
  if (order.trigger !== null) return order.price_bound;
  if (!('trail' in order)) return 'limit' in order ? order.limit : order.stop_price;
  return formatPrice(trailingStopPrice(order.trail, peakBid ?? order.accepted_quote.bid));
}

/** Returns the limit or stop price. Market orders and trailing stops have none. */
function fixedTriggerOf(order: Order): Price | undefined {
  if ('limit' in order) return order.limit;
  return 'stop_price' in order ? order.stop_price : undefined;
}

function distanceTo(trigger: Price, price: Price): Pick<NearestMiss, 'distance' | 'distance_percent'> {
  const distance = decimal(trigger).minus(price);
  return {
    distance: formatDecimal(distance),
    distance_percent: formatPercentageOf(distance, decimal(price)),
  };
}
