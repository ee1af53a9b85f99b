import type { Order } from '@cnop/common/entities/order/order';
import type { Outcome } from './expected-outcome.ts';
import type { PlannedOrder } from './planned-orders.ts';

/** What the order service made of a planned order: the order as it ended, or why it was refused. */
export type PlacedOrder = { readonly order: Order } | { readonly refusal: string };

/** One order of a replay: what was asked, what had to happen, what did. */
export interface ReplayedOrder {
  readonly planned: PlannedOrder;
  readonly expected: Outcome;
  readonly placed: PlacedOrder;
}

/** The status an order ended with; `refused` when it was not accepted. */
export function statusOf(placed: PlacedOrder): Order['status'] | 'refused' {
  return 'order' in placed ? placed.order.status : 'refused';
}

/** How the order differs from what had to become of it; undefined when it does not. */
export function differenceOf({ expected, placed }: ReplayedOrder): string | undefined {
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
