import type { Order } from '@cnop/common/entities/order/order';
import type { OrderDependencies } from './dependencies.ts';

/** Tells the trade feed of a trade once it is on disk; an order that waits has made none. */
export function reportTrade({ trades }: Pick<OrderDependencies, 'trades'>, order: Order): void {
  if (order.status !== 'completed' || order.executed_at === null) return;
  trades.report({ asset_id: order.asset_id, quantity: order.quantity, at: order.executed_at });
}
