import type { Order } from '@cnop/common/entities/order/order';
import { endOrder } from '@cnop/common/trading/end-order';
import type { OpenOrder } from './change-open-order.ts';
import { changeOpenOrder } from './change-open-order.ts';
import type { OrderDependencies } from './dependencies.ts';

/**
 * Cancels an order that can never execute any more, on behalf of the platform.
 * @param reason for people, such as that the asset is no longer traded
 * @returns undefined when it is no longer waiting
 */
export async function withdrawOrder(
  deps: Pick<OrderDependencies, 'store' | 'clock' | 'ids' | 'trades'>,
  order: OpenOrder,
  reason: string,
): Promise<Order | undefined> {
  const ending = {
    status: 'cancelled',
    reason,
    eventId: deps.ids.next(),
    at: deps.clock.now().toISOString(),
  } as const;
  return changeOpenOrder(deps, order, (found, funds) =>
    found.status === 'queued' ? { kind: 'ended', ended: endOrder(found, funds, ending) } : { kind: 'waits' },
  );
}
