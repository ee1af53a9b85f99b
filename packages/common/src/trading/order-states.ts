import { StateConflictError } from '@cnop/exception/errors';
import type { Order, OrderStatus } from '../entities/order/order.ts';

/** The transitions of an order's status. A status without successors is final. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['confirmed', 'failed', 'cancelled'],
  confirmed: ['queued', 'processing', 'cancelled'],
  queued: ['processing', 'cancelled', 'expired', 'failed'],
  processing: ['completed', 'failed'],
  completed: [],
  cancelled: [],
  failed: [],
  expired: [],
};

/** Returns whether a status is final. */
export function isFinal(status: OrderStatus): boolean {
  return ORDER_TRANSITIONS[status].length === 0;
}

/**
 * Sets the next status of an order and adds it to the history.
 * @throws StateConflictError (409) when `ORDER_TRANSITIONS` has no such transition
 */
export function advance(order: Order, status: OrderStatus, at: string, reason: string | null = null): Order {
  if (!ORDER_TRANSITIONS[order.status].includes(status)) {
    throw new StateConflictError(
      order.status === status
        ? `The order is ${status} already.`
        : `The order is ${order.status}: it cannot be ${status} any more.`,
    );
  }
  return { ...order, status, updated_at: at, history: [...order.history, { status, at, reason }] };
}
