import type { Order } from '@cnop/common/entities/order/order';
import { expire } from '../domain/execute-triggered-order.ts';
import type { OpenOrder } from './change-open-order.ts';
import { changeOpenOrder } from './change-open-order.ts';
import type { OrderDependencies } from './dependencies.ts';

/**
 * Ends an order whose time is over and gives back what it had reserved.
 * @returns undefined when it is no longer waiting, or its time has not come
 */
export async function expireOrder(
  deps: Pick<OrderDependencies, 'store' | 'clock' | 'ids' | 'trades'>,
  order: OpenOrder,
): Promise<Order | undefined> {
  const context = { eventId: deps.ids.next(), at: deps.clock.now().toISOString() };
  return changeOpenOrder(deps, order, (found, funds) => {
    const isOver = found.status === 'queued' && found.expires_at !== null && found.expires_at <= context.at;
    return isOver ? expire(found, funds, context) : { kind: 'waits' };
  });
}
