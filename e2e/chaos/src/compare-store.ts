import { orderRecord } from '@cnop/common/dao/order/order-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Acknowledged } from './order-load.ts';

/** The difference between what clients were told and what a store has. */
export interface Difference {
  /** Acknowledged orders that the store lacks. */
  readonly lost: number;
  /** Orders of the accounts that no client was told of, such as a second execution of one key. */
  readonly doubled: number;
}

/**
 * Compares the acknowledged orders with those of their accounts in a store. Call it while no order is in flight: each key
 * then has exactly one order.
 */
export async function compareWithStore(
  store: TableStore,
  acknowledged: readonly Acknowledged[],
  usernames: readonly string[],
): Promise<Difference> {
  const accounts = new Set<string>(usernames);
  const stored = new Set<string>();
  for await (const item of store.scan('orders')) {
    if (item.key.sk !== 'ORDER') continue;
    const { order_id, username } = orderRecord.read(item);
    if (accounts.has(username)) stored.add(order_id);
  }
  const told = new Set(acknowledged.map(({ orderId }) => orderId));
  // Two keys with one order would be a lost order too: each key is an order of its own.
  const lost = acknowledged.length - [...told].filter((id) => stored.has(id)).length;
  const doubled = [...stored].filter((id) => !told.has(id)).length;
  return { lost, doubled };
}
