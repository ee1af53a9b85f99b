import type { OrderCreate } from '@cnop/common/entities/order/order';
import type { TrackPoint } from '@cnop/inventory-service/domain/price-track';
import type { PlannedOrder } from './planned-orders.ts';

/**
 * What became, or must become, of an order.
 *
 * - `refused`: it was not accepted, since it breaks a rule of trading.
 * - `failed`: it was triggered and could not be filled, since the sale would bring nothing.
 */
export type Outcome =
  | { readonly status: 'completed'; readonly at: string; readonly price: string }
  | { readonly status: 'expired' | 'failed' | 'queued' | 'refused' };

/** Prices and quantities are compared as whole numbers of this many digits: 18 at most, and 4 that a percentage adds. */
const DIGITS = 22;
const WHOLE_HUNDREDTHS_OF_PERCENT = 10_000n;
/** A cent as a product of two of those numbers. */
const CENT = 10n ** BigInt(2 * DIGITS - 2);
/** The life of an order that does not say how long it lives. */
const DEFAULT_LIFE_MILLISECONDS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Says what must become of an order by walking the whole track with plain whole-number arithmetic. It shares nothing
 * with the order service but the words: no decimals, no index, no engine.
 */
export function expectedOutcome(track: readonly TrackPoint[], { point, request }: PlannedOrder): Outcome {
  const placedAt = track[point];
  if (!placedAt || isRefused(request, scaled(placedAt.mid))) return { status: 'refused' };
  const expiresAtMilliseconds = request.expires_at
    ? Date.parse(request.expires_at)
    : placedAt.atMilliseconds + DEFAULT_LIFE_MILLISECONDS;
  let peak = 0n;
  for (let i = point; i < track.length; i++) {
    const now = track[i];
    if (!now) break;
    const price = scaled(now.mid);
    if (expiresAtMilliseconds <= now.atMilliseconds) return { status: 'expired' };
    if (price > peak) peak = price;
    // Only a limit may fire at the very price that it arrives at; the others were checked to wait for another one.
    const mayFire = i > point || isLimit(request);
    if (!mayFire || !fires(request, price, peak)) continue;
    if (isSale(request) && bringsNothing(request, price)) return { status: 'failed' };
    return { status: 'completed', at: new Date(now.atMilliseconds).toISOString(), price: now.mid };
  }
  return { status: 'queued' };
}

/** Whether an order breaks a rule at the price it arrives at: a trigger that is there already, a sale that brings nothing. */
function isRefused(request: OrderCreate, price: bigint): boolean {
  const isOnWrongSide =
    (request.order_type === 'stop_loss' && scaled(request.stop_price) >= price) ||
    (request.order_type === 'take_profit' && scaled(request.stop_price) <= price) ||
    (request.order_type === 'trailing_stop' && scaled(request.trail_amount) >= price);
  if (isOnWrongSide || !isSale(request)) return isOnWrongSide;
  const isFilledAtOnce = isLimit(request) && fires(request, price, price);
  return bringsNothing(request, isFilledAtOnce ? price : triggerOf(request, price));
}

function fires(request: OrderCreate, price: bigint, peak: bigint): boolean {
  const trigger = triggerOf(request, peak);
  switch (request.order_type) {
    case 'limit_buy':
    case 'stop_loss':
    case 'trailing_stop':
      return price <= trigger;
    case 'limit_sell':
    case 'take_profit':
      return price >= trigger;
    default:
      throw new Error(`a ${request.order_type} does not wait`);
  }
}

/** The price that fires an order, given the highest one since its arrival. */
function triggerOf({ price, stop_price, trail_amount, trail_percent }: OrderCreate, peak: bigint): bigint {
  if (price) return scaled(price);
  if (stop_price) return scaled(stop_price);
  if (trail_amount) return peak - scaled(trail_amount);
  const trail = scaled(trail_percent) / 10n ** BigInt(DIGITS - 2);
  return (peak * (WHOLE_HUNDREDTHS_OF_PERCENT - trail)) / WHOLE_HUNDREDTHS_OF_PERCENT;
}

function bringsNothing({ quantity }: OrderCreate, price: bigint): boolean {
  return scaled(quantity) * price < CENT;
}

function isLimit({ order_type }: OrderCreate): boolean {
  return order_type === 'limit_buy' || order_type === 'limit_sell';
}

function isSale({ order_type }: OrderCreate): boolean {
  return order_type !== 'limit_buy';
}

function scaled(text: string | null | undefined): bigint {
  const [whole = '0', fraction = ''] = (text ?? '').split('.');
  return BigInt(whole + fraction.padEnd(DIGITS, '0'));
}
