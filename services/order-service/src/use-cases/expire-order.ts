import type { Order } from '@cnop/common/entities/order/order';
import { expire } from '../domain/execute-triggered-order.ts';
import type { WaitingOrder } from './change-waiting-order.ts';
import { changeWaitingOrder } from './change-waiting-order.ts';
import type { OrderDependencies } from './dependencies.ts';

/**
 * Ends an order whose time is over and gives back what it had reserved.
 * @returns undefined when it is no longer waiting, or its time has not come
 */
export async function expireOrder(
  deps: Pick<OrderDependencies, 'store' | 'clock' | 'ids' | 'trades'>,
  order: WaitingOrder,
): Promise<Order | undefined> {
  const context = { eventId: deps.ids.next(), at: deps.clock.now().toISOString() };
  return changeWaitingOrder(deps, order, (found, books) => {
    const isOver = found.status === 'queued' && found.expires_at !== null && found.expires_at <= context.at;
    return isOver ? expire(found, books, context) : { kind: 'waits' };
  });
}
