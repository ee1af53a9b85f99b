import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import { assetTransactionRecord } from '@cnop/common/dao/asset/asset-transaction-dao';
import type { Intent } from '@cnop/common/dao/idempotency/idempotency-record';
import type { Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import type { TableStore, Write } from '@cnop/common/database/table-store';
import type { Order, OrderCreate } from '@cnop/common/entities/order/order';
import { orderSchema } from '@cnop/common/entities/order/order';
import { NotFoundError } from '@cnop/exception/errors';
import type { Trade, TradeContext } from '../domain/execute-market-order.ts';
import { executeMarketOrder } from '../domain/execute-market-order.ts';
import { marketOrderTerms } from '../domain/order-terms.ts';

export interface PlaceMarketOrderDeps {
  readonly store: TableStore;
  readonly assets: AssetDao;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export interface PlaceMarketOrder {
  readonly username: string;
  readonly request: OrderCreate;
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
}

/**
 * Buys or sells at the current price: books, ledger, holding, order and the answer to a retry in one commit.
 * @throws ValidationError, AssetNotTradableError, OrderRefusedError, InsufficientBalanceError (all 422)
 */
export async function placeMarketOrder(
  deps: PlaceMarketOrderDeps,
  command: PlaceMarketOrder,
): Promise<Once<Order>> {
  const { username, request, intent } = command;
  const now = deps.clock.now();
  const asset = await deps.assets.getAsset(request.asset_id);
  const context: TradeContext = {
    username,
    orderId: deps.ids.next(),
    tradeId: deps.ids.next(),
    at: now.toISOString(),
  };
  return transactOnce(deps.store, {
    intent,
    now,
    answer: orderSchema,
    reads: {
      balance: balanceRecord.key({ username }),
      holding: assetBalanceRecord.key({ username, asset_id: request.asset_id }),
    },
    decide: (items) => {
      const balance = balanceRecord.readIfPresent(items.balance);
      if (!balance) throw new NotFoundError('The account');
      const holding = assetBalanceRecord.readIfPresent(items.holding);
      const trade = executeMarketOrder(marketOrderTerms(request, asset), context, { balance, holding });
      return { writes: tradeWrites(trade), result: trade.order };
    },
  });
}

function tradeWrites(trade: Trade): Write[] {
  return [
    balanceRecord.replace(trade.balance),
    balanceTransactionRecord.create(trade.balanceTransaction),
    assetBalanceRecord.replace(trade.holding),
    assetTransactionRecord.create(trade.assetTransaction),
    orderRecord.create(trade.order),
  ];
}
