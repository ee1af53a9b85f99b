import type { OrderDao } from '@cnop/common/dao/order/order-dao';
import type { Order } from '@cnop/common/entities/order/order';
import { NotFoundError } from '@cnop/exception/errors';

export interface OwnOrder {
  readonly username: string;
  readonly orderId: string;
}

/** @throws NotFoundError (404) when the order does not exist or belongs to somebody else */
export async function findOwnOrder(orders: OrderDao, { username, orderId }: OwnOrder): Promise<Order> {
  const order = await orders.getOrder(orderId);
  if (order?.username !== username) throw new NotFoundError('The order');
  return order;
}
