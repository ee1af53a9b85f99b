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

/** Lines of a ledger as a table. Amounts have a sign, so that they sum up; what is absent is empty. */
export function ledgerCsv(lines: readonly BalanceTransaction[]): string {
  return formatCsv(COLUMNS, lines.map(rowOf));
}

function rowOf(line: BalanceTransaction): string[] {
  const { transaction_id, created_at, transaction_type, description, status, reference_id } = line;
  const { direction, amount, previous_balance, new_balance } = line;
  const signed = direction === 'debit' ? `-${amount}` : amount;
  const what = [transaction_id, created_at, transaction_type, description ?? ''];
  return [...what, signed, previous_balance, new_balance, status, reference_id ?? ''];
}
