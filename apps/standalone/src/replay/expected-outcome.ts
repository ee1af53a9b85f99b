import type { IsoTime, Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { OrderCreate, OrderDocument } from '@cnop/common/entities/order/order-document';
import type { TrackPoint } from '@cnop/inventory-service/domain/price-track';
import type { PlannedOrder } from './planned-orders.ts';

// The independent walk of `cnop replay`. It shares no rule with the order service on purpose: a check that uses the
// rules it checks repeats their mistakes.

/**
 * The result of an order.
 *
 * - `refused`: not accepted, since it breaks a rule of trading.
 * - `failed`: triggered but not filled, since the sale is worth less than a cent.
 */
export type Outcome =
  | { readonly status: 'completed'; readonly at: IsoTime; readonly price: Price }
  | { readonly status: 'expired' | 'failed' | 'queued' | 'refused' };

/** Fraction digits of the whole numbers that stand for prices and quantities: at most 18, and 4 for a percentage. */
const DIGITS = 22;
const WHOLE_HUNDREDTHS_OF_PERCENT = 10_000n;
/** One cent as a product of two of those numbers. */
const CENT = 10n ** BigInt(2 * DIGITS - 2);
/** The time to expiry of an order without `expires_at`. */
const DEFAULT_LIFE_MILLISECONDS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Computes the outcome that an order must have, by a walk over all prices with whole-number arithmetic. Uses no decimals,
 * no trigger index and no engine.
 * @throws Error for a market order
 * @see docs/reference/replay.md
 */
export function expectedOutcome(track: readonly TrackPoint[], { point, request }: PlannedOrder): Outcome {
  const placedAt = track[point];
  if (!placedAt || mustBeRefused(request, scaled(placedAt.mid))) return { status: 'refused' };
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
    // Only a limit order may be triggered at the price of its acceptance: other orders are refused then.
    const mayTrigger = i > point || isLimit(request);
    if (!mayTrigger || !isTriggered(request, price, peak)) continue;
    if (isSale(request) && isWorthLessThanACent(request, price)) return { status: 'failed' };
    return { status: 'completed', at: isoTime(new Date(now.atMilliseconds)), price: now.mid };
  }
  return { status: 'queued' };
}

/** Returns whether an order must be refused at this price: its trigger is met already, or it sells for less than a cent. */
function mustBeRefused(request: OrderCreate, price: bigint): boolean {
  const isOnWrongSide =
    (request.order_type === 'stop_loss' && scaled(request.stop_price) >= price) ||
    (request.order_type === 'take_profit' && scaled(request.stop_price) <= price) ||
    (request.order_type === 'trailing_stop' && scaled(request.trail_amount) >= price);
  if (isOnWrongSide || !isSale(request)) return isOnWrongSide;
  const isFilledAtOnce = isLimit(request) && isTriggered(request, price, price);
  return isWorthLessThanACent(request, isFilledAtOnce ? price : triggerPrice(request, price));
}

function isTriggered(request: OrderCreate, price: bigint, peak: bigint): boolean {
  const trigger = triggerPrice(request, peak);
  switch (request.order_type) {
    case 'limit_buy':
    case 'stop_loss':
    case 'trailing_stop':
      return price <= trigger;
    case 'limit_sell':
    case 'take_profit':
      return price >= trigger;
    default:
      throw new Error(`a ${request.order_type} has no trigger`);
  }
}

/** Returns the trigger price of an order, given the highest price since its acceptance. */
function triggerPrice({ price, stop_price, trail_amount, trail_percent }: OrderCreate, peak: bigint): bigint {
  if (price) return scaled(price);
  if (stop_price) return scaled(stop_price);
  if (trail_amount) return peak - scaled(trail_amount);
  const trail = scaled(trail_percent) / 10n ** BigInt(DIGITS - 2);
  return (peak * (WHOLE_HUNDREDTHS_OF_PERCENT - trail)) / WHOLE_HUNDREDTHS_OF_PERCENT;
}

function isWorthLessThanACent({ quantity }: OrderCreate, price: bigint): boolean {
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

/** The result of a planned order in the order service: the final order, or the reason of its refusal. */
export type PlacedOrder = { readonly order: OrderDocument } | { readonly refusal: string };

/** One order of a replay, with its expected and its actual result. */
export interface ReplayedOrder {
  readonly planned: PlannedOrder;
  readonly expected: Outcome;
  readonly placed: PlacedOrder;
}

/** Returns the last status of an order; `refused` when it was not accepted. */
export function statusOf(placed: PlacedOrder): OrderDocument['status'] | 'refused' {
  return 'order' in placed ? placed.order.status : 'refused';
}

/** Describes how the result of an order differs from the expected one; undefined when they agree. */
export function describeDifference({ expected, placed }: ReplayedOrder): string | undefined {
  const [wanted, found] = [describeExpected(expected), describePlaced(placed)];
  if (wanted === found) return undefined;
  return `expected ${wanted}, was ${found}${'refusal' in placed ? ` (${placed.refusal})` : ''}`;
}

function describeExpected(outcome: Outcome): string {
  return outcome.status === 'completed' ? `completed at ${outcome.price} on ${outcome.at}` : outcome.status;
}

function describePlaced(placed: PlacedOrder): string {
  const status = statusOf(placed);
  if (!('order' in placed) || status !== 'completed') return status;
  return `completed at ${placed.order.executed_price} on ${placed.order.executed_at}`;
}
