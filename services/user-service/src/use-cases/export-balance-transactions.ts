import { MAX_CSV_ROWS } from '@cnop/common/core/csv';
import { collectPages } from '@cnop/common/core/pagination';
import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import { ValidationError } from '@cnop/exception/errors';
import { ledgerCsv } from '../domain/ledger-csv.ts';
import type { LedgerSelection } from './list-balance-transactions.ts';

/** Entries of a period that an export of one transaction type reads. */
const MAX_ENTRIES_READ = 100_000;

/**
 * Returns all entries of a selection as CSV, newest first, without those posted during the export.
 * @throws ValidationError (422) on `start_date` when the selection exceeds the limit of an export
 */
export async function exportBalanceTransactions(
  balances: BalanceDao,
  { username, type, from, to }: LedgerSelection,
): Promise<string> {
  const range = await balances.findLedgerRange(username, { from, to });
  const maxEntriesRead = type === undefined ? MAX_CSV_ROWS : MAX_ENTRIES_READ;
  if (range.last - range.first >= maxEntriesRead) throw tooManyEntries(maxEntriesRead);
  const entries = await collectPages(
    (request) => balances.getUserTransactions(username, request, { type, range }),
    {
      pageSize: MAX_QUERY_LIMIT,
      maxItems: MAX_CSV_ROWS,
      maxPages: MAX_ENTRIES_READ / MAX_QUERY_LIMIT,
    },
  );
  if (!entries) throw tooManyEntries(MAX_CSV_ROWS);
  return ledgerCsv(entries);
}

function tooManyEntries(limit: number): ValidationError {
  const message = `There are more than ${limit} transactions. Ask for a narrower period.`;
  return ValidationError.ofParameter('start_date', message, 'period_too_wide');
}
