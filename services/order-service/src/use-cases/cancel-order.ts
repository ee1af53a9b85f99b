import type { Clock } from '@cnop/common/core/clock';
import type { OrderDao } from '@cnop/common/dao/order/order-dao';
import type { Order } from '@cnop/common/entities/order/order';
import { NotFoundError } from '@cnop/exception/errors';
import { cancel } from '../domain/order-states.ts';
import type { OwnOrder } from './find-own-order.ts';

/**
 * Cancels an order that has not executed.
 * @throws NotFoundError (404), StateConflictError (409) when the order is final
 */
export async function cancelOrder(
  { orders, clock }: { readonly orders: OrderDao; readonly clock: Clock },
  { username, orderId }: OwnOrder,
): Promise<Order> {
  const at = clock.now().toISOString();
  return orders.updateOrder(orderId, (order) => {
    if (order.username !== username) throw new NotFoundError('The order');
    return cancel(order, at);
  });
}
