import type { IsoTime, Price, Usd } from '@cnop/common/core/brands';
import { decimal, formatDecimal } from '@cnop/common/core/money';
import { assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import { balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import type { Write } from '@cnop/common/database/table-store';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { Balance } from '@cnop/common/entities/user/balance';
import { houseAsset, LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import type { Leg } from '@cnop/common/entities/user/balance-transaction';
import type { LiveEventData } from '@cnop/common/entities/user/live-event';
import { anAssetTransaction } from '@cnop/testing/builders/asset';
import { aBalanceTransaction } from '@cnop/testing/builders/user';

/** The figures of a fill, computed by hand. */
export interface Execution {
  readonly at: IsoTime;
  readonly price: Price;
  readonly total: Usd;
  readonly fees: Usd;
  /** The realised profit of a sale. */
  readonly realized?: Usd;
}

/** Returns the order data of an event. */
export function orderData(order: OrderDocument): NonNullable<LiveEventData['order']> {
  const { order_id, client_order_id, asset_id, order_type, status } = order;
  const { quantity, executed_price, total_amount, fees } = order;
  const what = { order_id, client_order_id, asset_id, order_type, status, quantity };
  return { ...what, executed_price, total_amount, fees };
}

/** A ledger entry in short form. */
export interface Movement {
  readonly sequence: number;
  readonly size: string;
  readonly isCredit: boolean;
  readonly next: string;
  readonly type: 'deposit' | 'order_payment';
  readonly legs: readonly Leg[];
  readonly reference_id: string | null;
  readonly at: IsoTime;
}

export function ledgerEntry(before: Balance, movement: Movement): Write {
  const { sequence, size, isCredit, next, type, legs, reference_id, at } = movement;
  return balanceTransactionRecord.create(
    aBalanceTransaction({
      transaction_id: `${String(sequence).padStart(12, '0')}-${reference_id === null ? 'deposit' : `trade-${reference_id}`}`,
      username: before.username,
      sequence,
      amount: size,
      direction: isCredit ? 'credit' : 'debit',
      previous_balance: before.current_balance,
      new_balance: next,
      transaction_type: type,
      legs: [...legs],
      reference_id,
      created_at: at,
      updated_at: at,
      completed_at: at,
    }),
  );
}

/** Returns the other side of the cash of a fill at the mid price. */
export function tradeLegs(order: OrderDocument, execution: Execution): Leg[] {
  const { price, total, fees } = execution;
  const exact = decimal(order.quantity).times(price);
  const buys = order.order_type.endsWith('buy');
  const rounding = buys ? decimal(total).minus(exact) : exact.minus(total);
  return [
    { account: houseAsset(order.asset_id), amount: formatDecimal(buys ? exact : exact.neg()) },
    { account: LEDGER_ACCOUNTS.rounding, amount: formatDecimal(rounding) },
    { account: LEDGER_ACCOUNTS.fee, amount: formatDecimal(decimal(fees)) },
  ].filter(({ amount }) => amount !== '0');
}

export function tradeEntry(order: OrderDocument, type: 'buy' | 'sell', execution: Execution): Write {
  const { at, price, total, fees, realized = null } = execution;
  return assetTransactionRecord.create(
    anAssetTransaction({
      transaction_id: `trade-${order.order_id}`,
      username: order.username,
      asset_id: order.asset_id,
      transaction_type: type,
      quantity: order.quantity,
      counterpart: houseAsset(order.asset_id),
      price,
      mid_price: price,
      total_amount: total,
      order_id: order.order_id,
      fees,
      realized_pnl: realized,
      timestamp: at,
      created_at: at,
      updated_at: at,
    }),
  );
}
