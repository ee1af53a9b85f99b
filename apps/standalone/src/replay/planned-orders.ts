import type { AssetId, Price, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, formatPrice, roundDown, smallestStep } from '@cnop/common/core/money';
import type { OrderCreate, OrderType } from '@cnop/common/entities/order/order-document';
import type { TrackPoint } from '@cnop/inventory-service/domain/price-track';

/** An order to place when the replay has reached a point of the track. */
export interface PlannedOrder {
  readonly point: number;
  readonly username: Username;
  readonly request: OrderCreate;
}

export interface PlanOptions {
  readonly track: readonly TrackPoint[];
  readonly assetId: AssetId;
  readonly priceScale: number;
  readonly traders: readonly Username[];
  readonly count: number;
  readonly seed: number;
}

const TYPES = [
  'limit_buy',
  'limit_sell',
  'stop_loss',
  'take_profit',
  'trailing_stop',
] as const satisfies readonly OrderType[];
/** The largest distance of a trigger price from the market, in basis points. */
const MAX_DISTANCE_BPS = 800;
const WHOLE_BPS = 10_000;
/** The smallest value of an order in the currency of the file. Its value is below ten times as much. */
const MIN_WORTH = '10';
const QUANTITY_SCALE = 8;
const MAX_QUANTITY_EXPONENT = 12;
/** Every fourth order has an early expiry, before the end of most tracks; every eighth has a late one. */
const SHORT_LIFE_EVERY = 4;
const MAX_SHORT_LIFE_HOURS = 72;
const LONG_LIFE_EVERY = 8;
const MAX_LONG_LIFE_HOURS = 300 * 24;
const HOUR_MILLISECONDS = 60 * 60 * 1_000;
/** The share of orders that must be refused, for each of two reasons. */
const REFUSED_SHARE = 0.02;

const FNV_OFFSET = 0x81_1c_9d_c5;
const FNV_PRIME = 0x01_00_01_93;
const MULBERRY_STEP = 0x6d_2b_79_f5;
const RANGE_32_BITS = 2 ** 32;

/** Returns a number from 0 (included) to 1 (excluded). */
type Draw = () => number;

/**
 * Generates orders of every type at prices around the market, the same for the same seed, in the order of their points. A
 * few break a rule of trading on purpose: their trigger is met already, or they sell for less than a cent.
 */
export function planOrders(options: PlanOptions): PlannedOrder[] {
  const draw = startDrawing(`replay ${options.seed}`);
  const planned = Array.from({ length: options.count }, (_, position) => planOrder(position, draw, options));
  return planned.toSorted((one, other) => one.point - other.point);
}

/** Starts a stream of draws that is the same for the same seed (FNV-1a, then mulberry32); never for prices. */
function startDrawing(seed: string): Draw {
  let state = FNV_OFFSET;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), FNV_PRIME);
  return () => {
    state = (state + MULBERRY_STEP) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / RANGE_32_BITS;
  };
}

function planOrder(position: number, draw: Draw, options: PlanOptions): PlannedOrder {
  const { track, traders, assetId } = options;
  const point = Math.floor(draw() * (track.length - 1));
  const placedAt = track[point];
  if (!placedAt) throw new RangeError('the track has no point to place an order at');
  const username = traders[position % traders.length];
  if (username === undefined) throw new RangeError('there is no trader to place an order for');
  const orderType = TYPES[position % TYPES.length] ?? 'limit_buy';
  const lifeHours = lifeHoursOf(position, draw);
  const chance = draw();
  const condition = conditionOf(orderType, placedAt.mid, draw, options.priceScale);
  return {
    point,
    username,
    request: {
      asset_id: assetId,
      order_type: orderType,
      quantity: chance < REFUSED_SHARE ? powerOfTen(-QUANTITY_SCALE) : quantityOf(placedAt.mid),
      ...(chance > 1 - REFUSED_SHARE ? metConditionOf(condition, placedAt.mid) : condition),
      ...(lifeHours !== undefined && {
        expires_at: isoTime(new Date(placedAt.atMilliseconds + lifeHours * HOUR_MILLISECONDS)),
      }),
    },
  };
}

/** Returns the hours to expiry; undefined for an order without `expires_at`. */
function lifeHoursOf(position: number, draw: Draw): number | undefined {
  if (position % SHORT_LIFE_EVERY === 0) return 1 + draw() * MAX_SHORT_LIFE_HOURS;
  return position % LONG_LIFE_EVERY === 1 ? 1 + draw() * MAX_LONG_LIFE_HOURS : undefined;
}

/** Returns the power of ten that gives the order at least the smallest value. */
function quantityOf(mid: Price): string {
  let exponent = -QUANTITY_SCALE;
  while (exponent < MAX_QUANTITY_EXPONENT && decimal(mid).times(powerOfTen(exponent)).lt(MIN_WORTH)) {
    exponent += 1;
  }
  return powerOfTen(exponent);
}

function powerOfTen(exponent: number): string {
  return exponent < 0 ? formatDecimal(smallestStep(-exponent)) : `1${'0'.repeat(exponent)}`;
}

type Condition = Pick<OrderCreate, 'price' | 'stop_price' | 'trail_amount' | 'trail_percent'>;

function conditionOf(
  orderType: (typeof TYPES)[number],
  mid: Price,
  draw: Draw,
  priceScale: number,
): Condition {
  const distanceBps = 1 + Math.floor(draw() * MAX_DISTANCE_BPS);
  const step = smallestStep(priceScale);
  const atLeastOneStep = (price: Decimal) => formatPrice(price.lt(step) ? step : price);
  const at = (bps: number) =>
    roundDown(
      decimal(mid)
        .times(String(WHOLE_BPS + bps))
        .div(String(WHOLE_BPS)),
      priceScale,
    );
  switch (orderType) {
    // Some limits are met already at acceptance.
    case 'limit_buy':
      return { price: atLeastOneStep(at(MAX_DISTANCE_BPS / 8 - distanceBps)) };
    case 'limit_sell':
      return { price: atLeastOneStep(at(distanceBps - MAX_DISTANCE_BPS / 8)) };
    case 'stop_loss':
      return { stop_price: atLeastOneStep(at(-distanceBps)) };
    case 'take_profit':
      return { stop_price: atLeastOneStep(at(distanceBps)) };
    case 'trailing_stop':
      return draw() < 0.5
        ? { trail_percent: formatDecimal(decimal(String(distanceBps)).div('100')) }
        : { trail_amount: atLeastOneStep(decimal(mid).minus(at(-distanceBps))) };
  }
}

/** Returns the same kind of condition at the current price: a stop must be refused, a limit order is filled at once. */
function metConditionOf(condition: Condition, mid: Price): Condition {
  if (condition.price) return { price: mid };
  return condition.stop_price ? { stop_price: mid } : { trail_amount: mid };
}
