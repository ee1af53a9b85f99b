import type { OrderType } from '@cnop/common/entities/order/order';
import { useSyncExternalStore } from 'react';

/** An order that has been sent and not answered. */
export interface PendingOrder {
  /** Its `client_order_id` as well, by which it is known when it comes back by another way. */
  readonly key: string;
  readonly assetId: string;
  readonly orderType: OrderType;
  readonly quantity: string;
  readonly price: string | null;
  readonly sentAt: string;
}

let pending: readonly PendingOrder[] = [];
const listeners = new Set<() => void>();
/** What this window placed, and what came of it at once. */
const placedHere = new Map<string, 'sent' | 'executed' | 'waits'>();

function change(next: readonly PendingOrder[]): void {
  pending = next;
  for (const listener of listeners) listener();
}

export function addPending(order: PendingOrder): void {
  placedHere.set(order.key, 'sent');
  change([order, ...pending.filter(({ key }) => key !== order.key)]);
}

export function settlePending(key: string, outcome: 'executed' | 'waits' | 'refused'): void {
  if (outcome === 'refused') placedHere.delete(key);
  else placedHere.set(key, outcome);
  change(pending.filter((order) => order.key !== key));
}

/** Whether an execution is the answer to an order of this window, which says so itself. */
export function isPlacedHere(key: string | null, outcome: 'executed'): boolean {
  if (key === null) return false;
  const known = placedHere.get(key);
  // The stream may be faster than the answer.
  return known === outcome || known === 'sent';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePendingOrders(): readonly PendingOrder[] {
  return useSyncExternalStore(subscribe, () => pending);
}
