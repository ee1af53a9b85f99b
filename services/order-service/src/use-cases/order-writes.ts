import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import { assetTransactionRecord } from '@cnop/common/dao/asset/asset-transaction-dao';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { ItemKey, ReadItems, Write } from '@cnop/common/database/table-store';
import type { EndedOrder, Funds } from '@cnop/common/trading/end-order';
import { NotFoundError } from '@cnop/exception/errors';
import type { AcceptedOrder } from '../domain/accept-order.ts';
import type { ExecutedOrder } from '../domain/executed-order.ts';

/** The reads that every decision about an order of somebody depends on. */
export function fundsReads(username: string, assetId: string) {
  return {
    balance: balanceRecord.key({ username }),
    holding: assetBalanceRecord.key({ username, asset_id: assetId }),
  } satisfies Record<string, ItemKey>;
}

/** @throws NotFoundError (404) without an account */
export function fundsOf(items: ReadItems<ReturnType<typeof fundsReads>>): Funds {
  const balance = balanceRecord.readIfPresent(items.balance);
  if (!balance) throw new NotFoundError('The account');
  return { balance, holding: assetBalanceRecord.readIfPresent(items.holding) };
}

/** For an order that is stored for the first time, or one that waited. */
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

export function acceptanceWrites({ order, balance, holding, event }: AcceptedOrder): Write[] {
  return [
    balanceRecord.replace(balance),
    ...(holding ? [assetBalanceRecord.replace(holding)] : []),
    orderRecord.create(order),
    liveEventRecord.create(event),
  ];
}

export function endingWrites({ order, balance, holding, event }: EndedOrder): Write[] {
  return [
    balanceRecord.replace(balance),
    ...(holding ? [assetBalanceRecord.replace(holding)] : []),
    orderRecord.replace(order),
    liveEventRecord.create(event),
  ];
}
