import type { TransactionStatus, TransactionType } from '@cnop/common/entities/user/balance-transaction';
import type { LedgerLine } from '../../api/account/ledger.ts';

export const TRANSACTION_NAMES: Readonly<Record<TransactionType, string>> = {
  deposit: 'Deposit',
  withdraw: 'Withdrawal',
  order_payment: 'Order',
  order_refund: 'Refund',
  system_adjustment: 'Adjustment',
  transfer: 'Transfer',
};

export const TRANSACTION_STATUS_NAMES: Readonly<Record<TransactionStatus, string>> = {
  pending: 'Pending',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  processing: 'Processing',
};

/** What a line did to the balance: an order takes cash or brings it, so the type alone does not say. */
export function signedAmount({ amount, direction }: Pick<LedgerLine, 'amount' | 'direction'>): string {
  return direction === 'debit' ? `-${amount}` : amount;
}
