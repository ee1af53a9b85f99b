import { formatCsv } from '@cnop/common/core/csv';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';

const COLUMNS = [
  'transaction_id',
  'created_at',
  'transaction_type',
  'description',
  'amount',
  'previous_balance',
  'new_balance',
  'status',
  'reference_id',
] as const;

/** Formats ledger entries as CSV. Debits are negative, so that the amounts sum up; absent values are empty. */
export function ledgerCsv(entries: readonly BalanceTransaction[]): string {
  return formatCsv(COLUMNS, entries.map(rowOf));
}

function rowOf(entry: BalanceTransaction): string[] {
  const { transaction_id, created_at, transaction_type, description, status, reference_id } = entry;
  const { direction, amount, previous_balance, new_balance } = entry;
  const signed = direction === 'debit' ? `-${amount}` : amount;
  const what = [transaction_id, created_at, transaction_type, description ?? ''];
  return [...what, signed, previous_balance, new_balance, status, reference_id ?? ''];
}
