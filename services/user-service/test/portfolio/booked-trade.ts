import type { Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal, formatDecimal, formatQuantity, formatUsd } from '@cnop/common/core/money';
import { assetBalanceRecord, assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { houseAsset, postToLedger } from '@cnop/common/entities/user/balance-rules';
import { anAssetTransaction, aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { anAssetId, aTransactionId } from '@cnop/testing/builders/brands';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';

/** A trade with its effects on the account. */
export interface BookedTrade {
  readonly username: Username;
  readonly assetId: string;
  /** Negative for a sale. */
  readonly units: string;
  /** USD that a buy costs or a sale brings. */
  readonly cash: string;
  /** Realised gain of a sale, in USD. */
  readonly realized?: string;
}

let trades = 0;

/** Books a trade as the order service does: balance, ledger entry, trade and position in one commit. */
export async function bookTrade(service: UserServiceUnderTest, trade: BookedTrade): Promise<void> {
  const { username, assetId, units, cash, realized = null } = trade;
  const asset_id = anAssetId(assetId);
  const at = isoTime(service.clock.now());
  const isBuy = decimal(units).gt('0');
  const id = aTransactionId(`trade-${(trades += 1)}`);
  const reads = {
    balance: balanceRecord.key({ username }),
    holding: assetBalanceRecord.key({ username, asset_id }),
  };
  await service.store.transact(reads, (items) => {
    const { balance, transaction } = postToLedger(balanceRecord.readIfPresent(items.balance)!, {
      type: 'order_payment',
      direction: isBuy ? 'debit' : 'credit',
      amount: decimal(cash),
      counterpart: houseAsset(asset_id),
      description: null,
      referenceId: `order-of-${id}`,
      at,
      id,
    });
    const before =
      assetBalanceRecord.readIfPresent(items.holding) ??
      aStoredAssetBalance({ username, asset_id, quantity: '0', total_invested: '0.00' });
    const invested = isBuy ? decimal(cash) : decimal(realized ?? '0').minus(cash);
    const holding = {
      ...before,
      quantity: formatQuantity(decimal(before.quantity).plus(units)),
      total_invested: formatUsd(decimal(before.total_invested).plus(invested)),
      realized_pnl: formatUsd(decimal(before.realized_pnl).plus(realized ?? '0')),
      updated_at: at,
      last_transaction: at,
    };
    const booked = anAssetTransaction({
      transaction_id: id,
      username,
      asset_id,
      transaction_type: isBuy ? 'buy' : 'sell',
      quantity: formatDecimal(decimal(units).abs()),
      price: formatDecimal(decimal(cash).div(decimal(units).abs())),
      total_amount: cash,
      realized_pnl: realized,
      order_id: `order-of-${id}`,
      timestamp: at,
    });
    const writes = [
      balanceRecord.replace(balance),
      balanceTransactionRecord.create(transaction),
      assetBalanceRecord.replace(holding),
      assetTransactionRecord.create(booked),
    ];
    return { writes, result: undefined };
  });
}
