import type { Position } from '@cnop/common/core/pagination';
import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { ValidationError } from '@cnop/exception/errors';
import { ledgerCsv } from '../domain/ledger-csv.ts';
import type { LedgerSelection } from './list-balance-transactions.ts';

/** About 2 MB of text, which is made in memory. */
export const MAX_EXPORTED_LINES = 10_000;
/** Lines of a period that are looked at for those of one type. */
const MAX_LINES_READ = 100_000;

/**
 * All lines of a selection as a table, newest first. Lines that are posted meanwhile are not among them.
 * @throws ValidationError (422) when they are more than an export may have
 */
export async function exportBalanceTransactions(
  balances: BalanceDao,
  { username, type, from, to }: LedgerSelection,
): Promise<string> {
  const range = await balances.findLedgerRange(username, { from, to });
  const maxLinesRead = type === undefined ? MAX_EXPORTED_LINES : MAX_LINES_READ;
  if (range.last - range.first >= maxLinesRead) throw tooManyLines(maxLinesRead);
  const lines: BalanceTransaction[] = [];
  let after: Position | undefined;
  do {
    const request = { limit: MAX_QUERY_LIMIT, offset: 0, after };
    const page = await balances.getUserTransactions(username, request, { type, range });
    lines.push(...page.items);
    if (lines.length > MAX_EXPORTED_LINES) throw tooManyLines(MAX_EXPORTED_LINES);
    after = page.next;
  } while (after);
  return ledgerCsv(lines);
}

function tooManyLines(limit: number): ValidationError {
  const message = `There are more than ${limit} transactions. Ask for a narrower period.`;
  return ValidationError.ofField('start_date', message, 'period_too_wide');
}
