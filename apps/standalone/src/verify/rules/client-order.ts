import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** Everything that was said about one name that a user gave to an order: one order has it, and its claim leads there. */
export function checkClientOrder(
  orders: readonly StoredOf<'order'>[],
  claim: StoredOf<'client order claim'> | undefined,
): Violation[] {
  const [order, ...others] = orders;
  const keys = [...orders, ...(claim ? [claim] : [])].map(({ key }) => key);
  const wrong = (text: string) => [violation('client-order', keys, text)];
  if (!order) return claim ? wrong('No order of this user has the name that this claims.') : [];
  if (!claim) return wrong('Nothing claims the client_order_id of this order.');
  if (others.length > 0) return wrong(`${orders.length} orders of one user have one client_order_id.`);
  const { order_id } = claim.entity;
  return order_id === order.entity.order_id ? [] : wrong(`The claim leads to ${order_id}.`);
}
