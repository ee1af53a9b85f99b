import { isDeepStrictEqual } from 'node:util';
import type { OrderId, TransactionId } from '@cnop/common/core/brands';
import { createOrderDao, orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceTransactionRecord, createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Account } from '@cnop/testing/system/api-client';
import type { Answer } from '@cnop/testing/system/raw-request';

/** A command that must take effect once, with its Idempotency-Key. */
export interface Intent {
  readonly kind: 'deposit' | 'order';
  readonly account: Account;
  readonly key: string;
  readonly body: Readonly<Record<string, string>>;
}

/** An intent that was answered with success. Its effect must never be lost. */
export interface Acknowledged extends Intent {
  readonly answer: string;
}

interface Receipt {
  readonly transaction_id: TransactionId;
  readonly new_balance: string;
  readonly timestamp: string;
}

/** Sends the command of an intent. */
export function sendIntent({ kind, account, key, body }: Intent): Promise<Answer> {
  return account.send('POST', kind === 'order' ? '/orders' : '/balance/deposit', { key, body });
}

/** Returns the keys of acknowledged writes that a store lacks or has with other content. */
export async function lostWrites(
  store: TableStore,
  acknowledged: readonly Acknowledged[],
): Promise<string[]> {
  const orders = createOrderDao(store);
  const balances = createBalanceDao(store);
  const lost: string[] = [];
  for (const { kind, account, key, body, answer } of acknowledged) {
    if (kind === 'order') {
      const { data } = JSON.parse(answer) as { data: { order_id: OrderId } };
      if (!isDeepStrictEqual(await orders.getOrder(data.order_id), data)) lost.push(key);
      continue;
    }
    const receipt = JSON.parse(answer) as Receipt;
    const entry = await balances.getTransaction(account.username, receipt.transaction_id);
    const isThere =
      entry?.amount === body['amount'] &&
      entry?.new_balance === receipt.new_balance &&
      entry.created_at === receipt.timestamp;
    if (!isThere) lost.push(key);
  }
  return lost;
}

/** Counts the orders and deposits of a user in the store. */
export async function countEffects(
  store: TableStore,
  username: string,
): Promise<Record<Intent['kind'], number>> {
  const counts = { order: 0, deposit: 0 };
  for await (const item of store.scan('orders')) {
    // Peaks and checkpoints are in this table too.
    if (item.key.sk === 'ORDER' && orderRecord.read(item).username === username) counts.order += 1;
  }
  for await (const item of store.scan('users')) {
    if (item.key.pk !== username || !item.key.sk.startsWith('TRANS#')) continue;
    if (balanceTransactionRecord.read(item).transaction_type === 'deposit') counts.deposit += 1;
  }
  return counts;
}
