import { StateConflictError } from '@cnop/exception/errors';
import type { IsoTime, Price, Quantity, Usd } from '../../core/brands.ts';
import type { Quote } from '../inventory/quote.ts';
import type { OrderDocument, OrderRefund, OrderStatus, OrderType } from './order-document.ts';

/** The side of an order. */
export type Side = 'buy' | 'sell';

const SIDE_OF: Readonly<Record<OrderType, Side>> = {
  market_buy: 'buy',
  market_sell: 'sell',
  limit_buy: 'buy',
  limit_sell: 'sell',
  stop_loss: 'sell',
  take_profit: 'sell',
  trailing_stop: 'sell',
};

/** Returns the side of an order type. */
export function sideOf(orderType: OrderType): Side {
  return SIDE_OF[orderType];
}

/** Returns the price of a quote for a side, in USD per unit: a buyer pays the ask, a seller gets the bid. */
export function priceFor(side: Side, quote: Pick<Quote, 'bid' | 'ask'>): Price {
  return side === 'buy' ? quote.ask : quote.bid;
}

/** The condition of a market order, which is filled at once or refused. */
export interface MarketConditions {
  readonly order_type: 'market_buy' | 'market_sell';
  /** The worst price of the fill. */
  readonly price_bound: Price | null;
}

/** The condition of a limit order, which is filled at its limit or better. */
export interface LimitConditions {
  readonly order_type: 'limit_buy' | 'limit_sell';
  /** USD per unit. */
  readonly limit: Price;
  readonly expires_at: IsoTime;
}

/** The condition of a stop: a bid at or below it triggers a stop-loss, one at or above it a take-profit. */
export interface StopConditions {
  readonly order_type: 'stop_loss' | 'take_profit';
  readonly stop_price: Price;
  readonly price_bound: Price | null;
  readonly expires_at: IsoTime;
}

/** The distance of a trailing stop from its peak: USD, or percent of the peak. */
export type Trail = { readonly amount: Price } | { readonly percent: string };

/** The condition of a trailing stop: a bid that fell by the trail from its highest since acceptance. */
export interface TrailingConditions {
  readonly order_type: 'trailing_stop';
  readonly trail: Trail;
  readonly price_bound: Price | null;
  readonly expires_at: IsoTime;
}

/** The conditions of an order of any type. */
export type OrderConditions = MarketConditions | LimitConditions | StopConditions | TrailingConditions;

/** Units of the asset that an open sale reserves. */
interface HeldUnits {
  readonly units: Quantity;
}

/** What an open order reserves, the most that its execution may need: USD for a buy, units of the asset for a sale. */
export type Hold = { readonly cash: Usd } | HeldUnits;

/** The quote that triggered an order, and the price that it met. */
export interface Trigger {
  readonly quote: Quote;
  /** The limit or stop price of the order, in USD per unit. */
  readonly price: Price;
}

/** The execution of an order. */
export interface Fill {
  /** USD per unit. */
  readonly price: Price;
  /** USD without fees, rounded against the user. */
  readonly total: Usd;
  /** USD. */
  readonly fees: Usd;
  readonly at: IsoTime;
}

interface Pending {
  readonly status: 'pending';
}
interface Confirmed {
  readonly status: 'confirmed';
}
interface Queued<Held extends Hold> {
  readonly status: 'queued';
  readonly hold: Held;
}
/** Its hold is released, and its trade not booked yet. */
interface Processing {
  readonly status: 'processing';
}
interface Completed {
  readonly status: 'completed';
  readonly fill: Fill;
  /** Absent unless the order was refunded. */
  readonly refund?: OrderRefund;
}
interface Cancelled {
  readonly status: 'cancelled';
  readonly cancelled_at: IsoTime;
}
interface Expired {
  readonly status: 'expired';
}
interface Failed {
  readonly status: 'failed';
}

/** An order that is not open and never was. */
export type NeverOpen<State> = State & { readonly accepted_quote: null; readonly trigger: null };

/**
 * An order that is open, or was.
 *
 * `WithoutFill` are the members that it has until it is filled, and `OpenTrigger` is the trigger that it may have before it
 * is executed.
 */
export type WasOpen<Held extends Hold, OpenTrigger, WithoutFill> = {
  /** The quote at acceptance. */
  readonly accepted_quote: Quote;
} & (
  | ((Queued<Held> | Cancelled | Expired) & OpenTrigger & WithoutFill)
  | (Failed & { readonly trigger: Trigger | null } & WithoutFill)
  | ((Processing | Completed) & { readonly trigger: Trigger })
);

interface Untriggered {
  readonly trigger: null;
}

/** A stop that was triggered at a price worse than its bound. It stays open as a limit order at the bound. */
interface TriggeredWithBound {
  readonly trigger: Trigger;
  readonly price_bound: Price;
}

interface WithTotalAtLimit {
  /** USD without fees: the total of a fill at the limit. */
  readonly total_at_limit: Usd;
}

/** The members of an order of any type and status. */
export type OrderCore = Readonly<
  Pick<
    OrderDocument,
    | 'order_id'
    | 'username'
    | 'asset_id'
    | 'quantity'
    | 'fee_bps'
    | 'description'
    | 'client_order_id'
    | 'created_at'
    | 'updated_at'
    | 'history'
  >
>;

/** A market order: it is never open. */
export type MarketOrder = OrderCore &
  MarketConditions &
  NeverOpen<Pending | Confirmed | Processing | Completed | Cancelled | Failed>;

/** A limit order: it is filled at once or open. */
export type LimitOrder = OrderCore &
  LimitConditions &
  (
    | NeverOpen<Pending | Confirmed | Processing | Completed | Cancelled | Failed>
    | WasOpen<Hold, Untriggered, WithTotalAtLimit>
  );

/** A stop-loss, a take-profit or a trailing stop: it is open before it is filled. */
export type StopOrder = OrderCore &
  (StopConditions | TrailingConditions) &
  (
    | NeverOpen<Pending | Confirmed | Cancelled | Failed>
    | WasOpen<HeldUnits, Untriggered | TriggeredWithBound, unknown>
  );

/**
 * An order: each type has its conditions, and each status what an order of the type has then.
 * @see ADR 0042
 */
export type Order = MarketOrder | LimitOrder | StopOrder;

/** An order in one of some statuses. */
export type OrderIn<Status extends OrderStatus> = Extract<Order, { readonly status: Status }>;

/** An open order. */
export type OpenOrder = OrderIn<'queued'>;

/** The transitions of an order's status. A status without successors is final. */
export const ORDER_TRANSITIONS = {
  pending: ['confirmed', 'failed', 'cancelled'],
  confirmed: ['queued', 'processing', 'cancelled'],
  queued: ['processing', 'cancelled', 'expired', 'failed'],
  processing: ['completed', 'failed'],
  completed: [],
  cancelled: [],
  failed: [],
  expired: [],
} as const satisfies Readonly<Record<OrderStatus, readonly OrderStatus[]>>;

/** The statuses that may follow a status. */
export type NextStatus<Status extends OrderStatus> = (typeof ORDER_TRANSITIONS)[Status][number];

/** Returns the time when an order took its status. */
export function endOf({ history, updated_at }: Pick<OrderCore, 'history' | 'updated_at'>): IsoTime {
  return history.at(-1)?.at ?? updated_at;
}

/** Returns whether a status is final. */
export function isFinal(status: OrderStatus): boolean {
  return ORDER_TRANSITIONS[status].length === 0;
}

/** A status with the members that every change of it sets. */
export type Advance<Status extends OrderStatus> = Pick<OrderCore, 'updated_at' | 'history'> & {
  readonly status: Status;
};

/**
 * Returns the members that the next status of an order sets. A transition that `ORDER_TRANSITIONS` does not have is an
 * error of types where the status is known.
 * @throws StateConflictError (409) when an order of unknown status is in one without this transition
 */
export function advance<From extends OrderStatus, To extends NextStatus<From>>(
  order: Pick<OrderCore, 'history'> & { readonly status: From },
  status: To,
  at: IsoTime,
  reason: string | null = null,
): Advance<To> {
  assertMayBecome(order, status);
  return { status, updated_at: at, history: [...order.history, { status, at, reason }] };
}

/**
 * Checks a transition by `ORDER_TRANSITIONS`, for an order of unknown status.
 * @throws StateConflictError (409)
 */
export function assertMayBecome(
  { status: before }: { readonly status: OrderStatus },
  next: OrderStatus,
): void {
  const allowed: readonly OrderStatus[] = ORDER_TRANSITIONS[before];
  if (!allowed.includes(next)) throw wrongTransition(before, next);
}

/**
 * Narrows an order to an open one, which may take any of these statuses.
 * @throws StateConflictError (409)
 */
export function assertOpen(order: Order, next: NextStatus<'queued'>): asserts order is OpenOrder {
  if (order.status !== 'queued') throw wrongTransition(order.status, next);
}

function wrongTransition(before: OrderStatus, next: OrderStatus): StateConflictError {
  return new StateConflictError(
    before === next
      ? `The order is ${next} already.`
      : `The order is ${before}: it cannot be ${next} any more.`,
  );
}
