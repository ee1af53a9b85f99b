import { orderRecord } from '@cnop/common/dao/order/order-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { Order } from '@cnop/common/entities/order/order';
import type { Funds } from '@cnop/common/trading/end-order';
import type { TriggerOutcome } from '../domain/execute-triggered-order.ts';
import type { OrderDependencies } from './dependencies.ts';
import { endingWrites, executionWrites, fundsOf, fundsReads } from './order-writes.ts';
import { reportTrade } from './report-trade.ts';

/** An order that waits, and whose funds its change will need. */
export interface OpenOrder {
  readonly orderId: string;
  readonly username: string;
  readonly assetId: string;
}

/**
 * Decides about one order and its owner's funds in one commit. Whoever comes second, be it a cancellation, an expiry, a
 * trigger or another instance, finds the order in its new state.
 * @returns the order after its change; undefined when it stays as it is, or does not exist
 */
export async function changeOpenOrder(
  deps: Pick<OrderDependencies, 'store' | 'trades'>,
  { orderId, username, assetId }: OpenOrder,
  rule: (order: Order, funds: Funds) => TriggerOutcome,
): Promise<Order | undefined> {
  const reads = { order: orderRecord.key({ order_id: orderId }), ...fundsReads(username, assetId) };
  const changed = await deps.store.transact(reads, (items) => {
    const order = orderRecord.readIfPresent(items.order);
    return order ? decisionOf(rule(order, fundsOf(items))) : { writes: [], result: undefined };
  });
  if (changed) reportTrade(deps, changed);
  return changed;
}

function decisionOf(outcome: TriggerOutcome): Decision<Order | undefined> {
  if (outcome.kind === 'waits') return { writes: [], result: undefined };
  if (outcome.kind === 'bound') {
    return { writes: [orderRecord.replace(outcome.order)], result: outcome.order };
  }
  if (outcome.kind === 'ended') {
    return { writes: endingWrites(outcome.ended), result: outcome.ended.order };
  }
  const { executed } = outcome;
  return { writes: executionWrites(executed, { isNew: false }), result: executed.order };
}
