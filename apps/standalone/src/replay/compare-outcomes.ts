import type { Order } from '@cnop/common/entities/order/order';
import type { Outcome } from './expected-outcome.ts';
import type { PlannedOrder } from './planned-orders.ts';

/** One order of a replay: what was asked, what had to happen, what did. */
export interface ReplayedOrder {
  readonly planned: PlannedOrder;
  readonly expected: Outcome;
  /** Undefined when the order was refused. */
  readonly order: Order | undefined;
}

/** How the order differs from what had to become of it; undefined when it does not. */
export function differenceOf({ expected, order }: ReplayedOrder): string | undefined {
  if (!order) return `expected ${describe(expected)}, was refused`;
  const actual = actualOutcome(order);
  return describe(actual) === describe(expected)
    ? undefined
    : `expected ${describe(expected)}, was ${describe(actual)}`;
}

function actualOutcome(
  order: Order,
): Outcome | { readonly status: Exclude<Order['status'], Outcome['status']> } {
  if (order.status !== 'completed') return { status: order.status };
  return { status: 'completed', at: order.executed_at ?? '', price: order.executed_price ?? '' };
}

function describe(outcome: ReturnType<typeof actualOutcome>): string {
  return 'price' in outcome ? `completed at ${outcome.price} on ${outcome.at}` : outcome.status;
}
