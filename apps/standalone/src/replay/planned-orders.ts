import { decimal, formatDecimal, roundDown } from '@cnop/common/core/money';
import type { OrderCreate, OrderType } from '@cnop/common/entities/order/order';
import type { TrackPoint } from '@cnop/inventory-service/domain/price-track';
import type { RandomState } from '@cnop/inventory-service/domain/random-numbers';
import { drawUniform, randomStateOf } from '@cnop/inventory-service/domain/random-numbers';

/** An order that is placed when the market has reached a point of its track. */
export interface PlannedOrder {
  readonly point: number;
  readonly username: string;
  readonly request: OrderCreate;
}

export interface PlanOptions {
  readonly track: readonly TrackPoint[];
  readonly assetId: string;
  readonly priceScale: number;
  readonly traders: readonly string[];
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
/** How far from the market an order waits, at most. */
const MAX_DISTANCE_BPS = 800;
/** Of what costs less, so much is ordered that a fee or a cent does not matter. */
const CHEAP_USD = '100';
const WHOLE_BPS = 10_000;
/** Every fourth order has a life that is short enough to end before the track does. */
const SHORT_LIFE_EVERY = 4;
const MAX_SHORT_LIFE_HOURS = 72;
const HOUR_MILLISECONDS = 60 * 60 * 1_000;

/** A number from zero to one, one not included, at each call. */
type Draw = () => number;

/** Orders of every type at prices around the market, the same for the same seed. In the order of their points. */
export function planOrders(options: PlanOptions): PlannedOrder[] {
  const draw = startDrawing(`replay ${options.seed}`);
  const planned = Array.from({ length: options.count }, (_, position) => planOrder(position, draw, options));
  return planned.toSorted((one, other) => one.point - other.point);
}

function startDrawing(seed: string): Draw {
  let state: RandomState = randomStateOf(seed);
  return () => {
    const drawn = drawUniform(state);
    state = drawn.state;
    return drawn.value;
  };
}

function planOrder(position: number, draw: Draw, options: PlanOptions): PlannedOrder {
  const { track, traders, assetId } = options;
  const point = Math.floor(draw() * (track.length - 1));
  const placedAt = track[point];
  if (!placedAt) throw new RangeError('the track has no point to place an order at');
  const orderType = TYPES[position % TYPES.length] ?? 'limit_buy';
  const lifeHours = position % SHORT_LIFE_EVERY === 0 ? 1 + draw() * MAX_SHORT_LIFE_HOURS : undefined;
  return {
    point,
    username: traders[position % traders.length] ?? '',
    request: {
      asset_id: assetId,
      order_type: orderType,
      quantity: decimal(placedAt.mid).lt(CHEAP_USD) ? '10' : '0.01',
      ...conditionOf(orderType, placedAt.mid, draw, options.priceScale),
      ...(lifeHours !== undefined && {
        expires_at: new Date(placedAt.atMilliseconds + lifeHours * HOUR_MILLISECONDS).toISOString(),
      }),
    },
  };
}

function conditionOf(
  orderType: (typeof TYPES)[number],
  mid: string,
  draw: Draw,
  priceScale: number,
): Partial<OrderCreate> {
  const distanceBps = 1 + Math.floor(draw() * MAX_DISTANCE_BPS);
  const at = (bps: number) =>
    formatDecimal(
      roundDown(
        decimal(mid)
          .times(String(WHOLE_BPS + bps))
          .div(String(WHOLE_BPS)),
        priceScale,
      ),
    );
  switch (orderType) {
    // Some limits are met already when they arrive.
    case 'limit_buy':
      return { price: at(MAX_DISTANCE_BPS / 8 - distanceBps) };
    case 'limit_sell':
      return { price: at(distanceBps - MAX_DISTANCE_BPS / 8) };
    case 'stop_loss':
      return { stop_price: at(-distanceBps) };
    case 'take_profit':
      return { stop_price: at(distanceBps) };
    case 'trailing_stop':
      return draw() < 0.5
        ? { trail_percent: formatDecimal(decimal(String(distanceBps)).div('100')) }
        : { trail_amount: formatDecimal(decimal(mid).minus(at(-distanceBps))) };
  }
}
