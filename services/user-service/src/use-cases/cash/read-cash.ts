import type { Usd, Username } from '@cnop/common/core/brands';
import { formatCsv, MAX_CSV_ROWS } from '@cnop/common/core/csv';
import { formatUsd } from '@cnop/common/core/money';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { collectPages } from '@cnop/common/core/pagination';
import type { Period } from '@cnop/common/dao/read-page';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { Balance } from '@cnop/common/entities/user/balance';
import { availableCash } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction, TransactionType } from '@cnop/common/entities/user/balance-transaction';
import type { SeenRead } from '@cnop/common/events/seen-reads';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { UserDependencies } from '../dependencies.ts';

type ReadCashDeps = Pick<UserDependencies, 'balances'>;

export interface BalanceView extends Balance {
  /** USD that may be spent: current less held. */
  readonly available_balance: Usd;
}

/**
 * Reads the cash of an account.
 * @throws NotFoundError (404) without an account
 */
export async function readBalance(deps: ReadCashDeps, username: Username): Promise<BalanceView> {
  return viewOf(await findBalance(deps, username));
}

/**
 * Reads the cash of an account for a client, never for a decision: from memory, when that includes the event that the
 * client has seen.
 * @throws NotFoundError (404) without an account
 */
export async function readSeenBalance(
  deps: ReadCashDeps & Pick<UserDependencies, 'seenBalances'>,
  { username, seen }: Pick<SeenRead, 'username' | 'seen'>,
): Promise<BalanceView> {
  // Most clients say nothing of what they have seen.
  if (seen === undefined) return readBalance(deps, username);
  const load = async (): Promise<Balance> => findBalance(deps, username);
  return viewOf(await deps.seenBalances.read({ username, id: 'balance', seen }, load));
}

async function findBalance({ balances }: ReadCashDeps, username: Username): Promise<Balance> {
  const balance = await balances.getBalance(username);
  if (!balance) throw new NotFoundError('The account');
  return balance;
}

function viewOf(balance: Balance): BalanceView {
  return { ...balance, available_balance: formatUsd(availableCash(balance)) };
}

/**
 * Reads one ledger entry of a user.
 * @throws NotFoundError (404) for an entry that the user does not have
 */
export async function readBalanceTransaction(
  { balances }: ReadCashDeps,
  { username, transaction_id }: Pick<BalanceTransaction, 'username' | 'transaction_id'>,
): Promise<BalanceTransaction> {
  const entry = await balances.getTransaction(username, transaction_id);
  if (!entry) throw new NotFoundError('The transaction');
  return entry;
}

/** Entries of one user's ledger, by type and period. */
export interface LedgerSelection extends Period {
  readonly username: Username;
  readonly type: TransactionType | undefined;
}

interface LedgerPage {
  readonly page: Page<BalanceTransaction>;
  /** Entries of the whole ledger; undefined for a filtered list, which is not counted. */
  readonly totalCount: number | undefined;
}

/** Returns a page of a user's ledger, newest first. */
export async function listBalanceTransactions(
  { balances }: ReadCashDeps,
  { username, type, from, to }: LedgerSelection,
  request: PageRequest,
): Promise<LedgerPage> {
  if (from !== undefined || to !== undefined) {
    const range = await balances.findLedgerRange(username, { from, to });
    const page = await balances.getUserTransactions(username, request, { type, range });
    return { page, totalCount: undefined };
  }
  const [page, balance] = await Promise.all([
    balances.getUserTransactions(username, request, { type }),
    type === undefined ? balances.getBalance(username) : undefined,
  ]);
  return { page, totalCount: balance?.transaction_count };
}

/** Entries of a period that an export of one transaction type reads. */
const MAX_ENTRIES_READ = 100_000;

/**
 * Returns all entries of a selection as CSV, newest first, without those posted during the export.
 * @throws ValidationError (422) on `start_date` when the selection exceeds the limit of an export
 */
export async function exportBalanceTransactions(
  { balances }: ReadCashDeps,
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
function ledgerCsv(entries: readonly BalanceTransaction[]): string {
  return formatCsv(COLUMNS, entries.map(rowOf));
}

function rowOf(entry: BalanceTransaction): string[] {
  const { transaction_id, created_at, transaction_type, description, status, reference_id } = entry;
  const { direction, amount, previous_balance, new_balance } = entry;
  const signed = direction === 'debit' ? `-${amount}` : amount;
  const what = [transaction_id, created_at, transaction_type, description ?? ''];
  return [...what, signed, previous_balance, new_balance, status, reference_id ?? ''];
}
