import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { decimal, formatDecimal, roundDown } from '@cnop/common/core/money';
import type { OrderDocument, OrderStatus, OrderType } from '@cnop/common/entities/order/order-document';

const RATE_SCALE = 4;

/** The orders of one type by what became of them. */
export interface OutcomesOfType {
  readonly order_type: OrderType;
  readonly placed: number;
  readonly filled: number;
  readonly cancelled: number;
  readonly expired: number;
  readonly failed: number;
  readonly open: number;
}

/** How long orders were open before they were filled. Market orders are filled at once and do not count. */
export interface TimeToFill {
  readonly orders: number;
  /** Rounded down; null without an order. */
  readonly average_seconds: number | null;
  readonly median_seconds: number | null;
  readonly longest_seconds: number | null;
}

/** What became of orders. */
export interface OrderOutcomes {
  readonly placed: number;
  readonly filled: number;
  /** The part of the orders that are not open which was filled, from 0 to 1; null without one. */
  readonly fill_rate: string | null;
  readonly by_type: OutcomesOfType[];
  readonly time_to_fill: TimeToFill;
}

type Outcome = Exclude<keyof OutcomesOfType, 'order_type' | 'placed'>;

const OUTCOME_OF: Readonly<Record<OrderStatus, Outcome>> = {
  pending: 'open',
  confirmed: 'open',
  queued: 'open',
  processing: 'open',
  completed: 'filled',
  cancelled: 'cancelled',
  failed: 'failed',
  expired: 'expired',
};

/** Counts orders by type and outcome, and measures how long they took to be filled. */
export function orderOutcomes(orders: readonly OrderDocument[]): OrderOutcomes {
  const byType = new Map<OrderType, OutcomesOfType>();
  for (const { order_type, status } of orders) {
    const none = { placed: 0, filled: 0, cancelled: 0, expired: 0, failed: 0, open: 0 };
    const before = byType.get(order_type) ?? { order_type, ...none };
    const outcome = OUTCOME_OF[status];
    byType.set(order_type, { ...before, placed: before.placed + 1, [outcome]: before[outcome] + 1 });
  }
  const types = [...byType.values()].toSorted((one, other) => (one.order_type < other.order_type ? -1 : 1));
  const total = (outcome: Outcome): number => types.reduce((sum, counts) => sum + counts[outcome], 0);
  const ended = orders.length - total('open');
  return {
    placed: orders.length,
    filled: total('filled'),
    fill_rate: ended === 0 ? null : rateOf(total('filled'), ended),
    by_type: types,
    time_to_fill: timeToFill(orders),
  };
}

function rateOf(part: number, whole: number): string {
  return formatDecimal(roundDown(decimal(String(part)).div(String(whole)), RATE_SCALE));
}

function timeToFill(orders: readonly OrderDocument[]): TimeToFill {
  const seconds = orders
    .filter(({ executed_at, expires_at }) => executed_at !== null && expires_at !== null)
    .map(
      ({ executed_at, created_at }) =>
        (Date.parse(executed_at ?? created_at) - Date.parse(created_at)) / MILLISECONDS_PER_SECOND,
    )
    .toSorted((one, other) => one - other);
  const sum = seconds.reduce((total, one) => total + one, 0);
  const at = (position: number): number | null => {
    const value = seconds[position];
    return value === undefined ? null : Math.floor(value);
  };
  return {
    orders: seconds.length,
    average_seconds: seconds.length === 0 ? null : Math.floor(sum / seconds.length),
    // The lower of the two in the middle.
    median_seconds: at(Math.ceil(seconds.length / 2) - 1),
    longest_seconds: at(seconds.length - 1),
  };
}
