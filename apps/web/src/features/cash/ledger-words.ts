import type { TransactionStatus, TransactionType } from '@cnop/common/entities/user/balance-transaction';
import type { LedgerEntry } from '../../api/account/cash.ts';

export const TRANSACTION_NAMES: Readonly<Record<TransactionType, string>> = {
  deposit: 'Deposit',
  withdraw: 'Withdrawal',
  order_payment: 'Trade',
  order_refund: 'Refund',
  system_adjustment: 'Adjustment',
  transfer: 'Transfer',
  settlement: 'Settlement',
};

/** Returns the name of an entry: a trade that debits cash is a buy, one that credits it a sell. */
export function entryName({
  transaction_type,
  direction,
}: Pick<LedgerEntry, 'transaction_type' | 'direction'>): string {
  if (transaction_type !== 'order_payment') return TRANSACTION_NAMES[transaction_type];
  return direction === 'debit' ? 'Buy' : 'Sell';
}

export const TRANSACTION_STATUS_NAMES: Readonly<Record<TransactionStatus, string>> = {
  pending: 'Pending',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  processing: 'Processing',
};

/** Returns the signed change of the balance. */
export function signedAmount({ amount, direction }: Pick<LedgerEntry, 'amount' | 'direction'>): string {
  return direction === 'debit' ? `-${amount}` : amount;
}
