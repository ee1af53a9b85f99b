import type { Order } from '@cnop/common/entities/order/order';
import { endOrder } from '@cnop/common/trading/end-order';
import { NotFoundError } from '@cnop/exception/errors';
import { changeOpenOrder } from './change-open-order.ts';
import type { OrderDependencies } from './dependencies.ts';
import type { OwnOrder } from './find-own-order.ts';
import { findOwnOrder } from './find-own-order.ts';

/**
 * Cancels an order that waits and gives back what it had reserved.
 * @throws NotFoundError (404), StateConflictError (409) when the order is final
 */
export async function cancelOrder(
  deps: Pick<OrderDependencies, 'store' | 'orders' | 'clock' | 'ids' | 'trades'>,
  { username, orderId }: OwnOrder,
): Promise<Order> {
  const known = await findOwnOrder(deps.orders, { username, orderId });
  const ending = {
    status: 'cancelled',
    reason: 'cancelled by the user',
    eventId: deps.ids.next(),
    at: deps.clock.now().toISOString(),
  } as const;
  const order = { orderId, username, assetId: known.asset_id };
  const cancelled = await changeOpenOrder(deps, order, (found, funds) => ({
    kind: 'ended',
    ended: endOrder(found, funds, ending),
  }));
  if (!cancelled) throw new NotFoundError('The order');
  return cancelled;
}
