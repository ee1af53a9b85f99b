import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import { assetTransactionRecord } from '@cnop/common/dao/asset/asset-transaction-dao';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { ItemKey, ReadItems, Write } from '@cnop/common/database/table-store';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { EndedOrder } from '@cnop/common/trading/end-order';
import type { Funds } from '@cnop/common/trading/holds';
import { NotFoundError } from '@cnop/exception/errors';
import type { ExecutedOrder } from '../domain/filling/execute-order.ts';
import type { AcceptedOrder } from '../domain/placing/decide-placement.ts';
import type { OrderDependencies } from './dependencies.ts';

/** Returns the keys of the funds that a decision about an order reads. */
export function fundsReads(username: string, assetId: string) {
  return {
    balance: balanceRecord.key({ username }),
    holding: assetBalanceRecord.key({ username, asset_id: assetId }),
  } satisfies Record<string, ItemKey>;
}

/**
 * Parses the items of `fundsReads`.
 * @throws NotFoundError (404) without an account
 */
export function fundsOf(items: ReadItems<ReturnType<typeof fundsReads>>): Funds {
  const balance = balanceRecord.readIfPresent(items.balance);
  if (!balance) throw new NotFoundError('The account');
  return { balance, holding: assetBalanceRecord.readIfPresent(items.holding) };
}

/**
 * Returns the writes of a filled order.
 * @param isNew whether the order is stored for the first time; otherwise it was open
 */
export function executionWrites(executed: ExecutedOrder, { isNew }: { readonly isNew: boolean }): Write[] {
  return [
    balanceRecord.replace(executed.balance),
    ...(executed.balanceTransaction ? [balanceTransactionRecord.create(executed.balanceTransaction)] : []),
    assetBalanceRecord.replace(executed.holding),
    assetTransactionRecord.create(executed.assetTransaction),
    isNew ? orderRecord.create(executed.order) : orderRecord.replace(executed.order),
    liveEventRecord.create(executed.event),
  ];
}

/** Returns the writes of an order that is accepted and open. */
export function acceptanceWrites({ order, balance, holding, event }: AcceptedOrder): Write[] {
  return [
    balanceRecord.replace(balance),
    ...(holding ? [assetBalanceRecord.replace(holding)] : []),
    orderRecord.create(order),
    liveEventRecord.create(event),
  ];
}

/** Returns the writes of an open order that ends without a fill. */
export function endingWrites({ order, balance, holding, event }: EndedOrder): Write[] {
  return [
    balanceRecord.replace(balance),
    ...(holding ? [assetBalanceRecord.replace(holding)] : []),
    orderRecord.replace(order),
    liveEventRecord.create(event),
  ];
}

/** Reports the trade of a filled order to the trade feed, after its commit. Does nothing for any other order. */
export function reportTrade({ trades }: Pick<OrderDependencies, 'trades'>, order: OrderDocument): void {
  if (order.status !== 'completed' || order.executed_at === null) return;
  trades.report({ asset_id: order.asset_id, quantity: order.quantity, at: order.executed_at });
}
