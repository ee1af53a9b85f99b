import type { AssetId, ClientOrderId, IsoTime } from '@cnop/common/core/brands';
import type { OrderType } from '@cnop/common/entities/order/order-document';
import { useSyncExternalStore } from 'react';

/** An order that was sent and not answered yet. */
export interface PendingOrder {
  /** Also its `client_order_id`, which identifies the order when the stream reports it. */
  readonly key: ClientOrderId;
  readonly assetId: AssetId;
  readonly orderType: OrderType;
  readonly quantity: string;
  readonly price: string | null;
  readonly sentAt: IsoTime;
}

let pending: readonly PendingOrder[] = [];
const listeners = new Set<() => void>();
/** The orders placed in this window, with their immediate outcome. */
const placedHere = new Map<ClientOrderId, 'sent' | 'executed' | 'waits'>();

function change(next: readonly PendingOrder[]): void {
  pending = next;
  for (const listener of listeners) listener();
}

export function addPending(order: PendingOrder): void {
  placedHere.set(order.key, 'sent');
  change([order, ...pending.filter(({ key }) => key !== order.key)]);
}

export function settlePending(key: ClientOrderId, outcome: 'executed' | 'waits' | 'refused'): void {
  if (outcome === 'refused') placedHere.delete(key);
  else placedHere.set(key, outcome);
  change(pending.filter((order) => order.key !== key));
}

/** Returns whether a fill belongs to an order placed in this window, which reports it itself. */
export function isPlacedHere(key: ClientOrderId | null, outcome: 'executed'): boolean {
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
