import type { AssetId, IsoTime, Usd, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { MAX_CSV_ROWS } from '@cnop/common/core/csv';
import { decimal, formatUsd, ZERO } from '@cnop/common/core/money';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { collectPages, pageOfRows } from '@cnop/common/core/pagination';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { PastPosition } from '../../portfolio/domain/past-position.ts';
import { afterTransaction } from '../../portfolio/domain/past-position.ts';
import type { ReadPastDeps } from '../../portfolio/use-cases/read-past-portfolio.ts';
import { readCashAfter, valueAt } from '../../portfolio/use-cases/read-past-portfolio.ts';
import { replayTransactions } from '../../portfolio/use-cases/replay-transactions.ts';
import type { CashTotal, StatementRow, StatementState } from '../domain/statement.ts';
import { cashRow, statementCsv, stateOf, totalCash, unitsRow } from '../domain/statement.ts';

/** A month of a user. */
export interface StatementSelection {
  readonly username: Username;
  /** `2026-01`. */
  readonly month: string;
}

/** A month that has a statement. */
interface StatementMonth {
  readonly month: string;
  /** Whether the month is over, so that its statement does not change any more. */
  readonly is_complete: boolean;
}

/**
 * Lists the months of an account, newest first.
 * @throws NotFoundError (404) without an account
 */
export async function listStatements(
  { balances, clock }: Pick<ReadPastDeps, 'balances' | 'clock'>,
  username: Username,
): Promise<StatementMonth[]> {
  const balance = await balances.getBalance(username);
  if (!balance) throw new NotFoundError('The account');
  const present = monthOf(isoTime(clock.now()));
  const months: StatementMonth[] = [];
  for (let month = monthOf(balance.created_at); month <= present; month = monthOf(startOf(month, 1))) {
    months.unshift({ month, is_complete: month < present });
  }
  return months;
}

/** The movements of a month, and what they lead from and to. */
interface Statement extends StatementMonth {
  readonly opening: StatementState;
  readonly closing: StatementState;
  /** The cash of the closing less that of the opening. */
  readonly net_cash: Usd;
  /** Fees of all trades of the month; the cash that they moved includes them. */
  readonly fees: Usd;
  readonly cash_totals: readonly CashTotal[];
  readonly page: Page<StatementRow>;
}

/**
 * Returns the statement of a month with one page of its movements, oldest first.
 * @throws NotFoundError (404) for a month without the account
 * @throws ValidationError (422) when there are too many movements
 * @see docs/reference/statements.md
 */
export async function readStatement(
  deps: ReadPastDeps,
  selection: StatementSelection,
  request: PageRequest,
): Promise<Statement> {
  const { username, month } = selection;
  const { rows, entries, opening, closing, isComplete } = await readMovements(deps, selection);
  const state = async ({ at, cash, positions }: Moment): Promise<StatementState> =>
    stateOf(at, cash, await valueAt(deps, [...positions.values()], { username, at }));
  return {
    month,
    is_complete: isComplete,
    opening: await state(opening),
    closing: await state(closing),
    net_cash: formatUsd(decimal(closing.cash).minus(opening.cash)),
    fees: formatUsd(rows.reduce((sum, { fees }) => sum.plus(fees ?? ZERO), ZERO)),
    cash_totals: totalCash(entries),
    page: pageOfRows(rows, request),
  };
}

/**
 * Returns the movements of a month as CSV, oldest first.
 * @throws NotFoundError (404), ValidationError (422) as `readStatement`
 */
export async function exportStatement(deps: ReadPastDeps, selection: StatementSelection): Promise<string> {
  return statementCsv((await readMovements(deps, selection)).rows);
}

interface Moment {
  readonly at: IsoTime;
  readonly cash: Usd;
  readonly positions: ReadonlyMap<AssetId, PastPosition>;
}

interface Movements {
  readonly opening: Moment;
  readonly closing: Moment;
  readonly entries: readonly BalanceTransaction[];
  /** Oldest first. */
  readonly rows: readonly StatementRow[];
  readonly isComplete: boolean;
}

async function readMovements(
  deps: ReadPastDeps,
  { username, month }: StatementSelection,
): Promise<Movements> {
  const balance = await deps.balances.getBalance(username);
  const now = isoTime(deps.clock.now());
  if (!balance || month < monthOf(balance.created_at) || month > monthOf(now)) {
    throw new NotFoundError('The statement');
  }
  const [start, end] = [startOf(month), lastMoment(month)];
  const before = lastMoment(monthOf(isoTime(new Date(Date.parse(start) - 1))));
  const isComplete = end < now;
  const to = isComplete ? end : now;
  const { entries, openingCash, closingCash } = await readCash(deps, { username, from: start, to });
  const holdings = await deps.holdings.getAllAssetBalances(username);
  const [opening, closing] = [new Map<AssetId, PastPosition>(), new Map<AssetId, PastPosition>()];
  const rows = entries.map(cashRow);
  const assetIds = holdings.map(({ asset_id }) => asset_id);
  await replayTransactions(deps, { username, assetIds, to, parameter: 'month' }, (transaction) => {
    const { asset_id, timestamp } = transaction;
    const position = afterTransaction(closing.get(asset_id), transaction);
    closing.set(asset_id, position);
    if (timestamp < start) opening.set(asset_id, position);
    else rows.push(unitsRow(transaction, position));
  });
  if (rows.length > MAX_CSV_ROWS) throw tooManyMovements();
  return {
    opening: { at: before, cash: openingCash, positions: opening },
    closing: { at: to, cash: closingCash, positions: closing },
    entries,
    rows: rows.toSorted((one, other) => (one.key < other.key ? -1 : 1)),
    isComplete,
  };
}

/** Reads the ledger entries of a period, oldest first, and the cash before and after them. */
async function readCash(
  { balances }: ReadPastDeps,
  { username, from, to }: { readonly username: Username; readonly from: IsoTime; readonly to: IsoTime },
) {
  const range = await balances.findLedgerRange(username, { from, to });
  if (range.last - range.first >= MAX_CSV_ROWS) throw tooManyMovements();
  const entries = await collectPages(
    (request) => balances.getUserTransactions(username, request, { range }),
    { pageSize: MAX_QUERY_LIMIT, maxItems: MAX_CSV_ROWS, maxPages: MAX_CSV_ROWS / MAX_QUERY_LIMIT + 1 },
  );
  if (!entries) throw tooManyMovements();
  const [newest] = entries;
  const openingCash =
    entries.at(-1)?.previous_balance ?? (await readCashAfter({ balances }, username, range.last));
  return { entries: entries.toReversed(), openingCash, closingCash: newest?.new_balance ?? openingCash };
}

function tooManyMovements(): ValidationError {
  const message = `This month has more than ${MAX_CSV_ROWS} movements. Read the ledger and the trades instead.`;
  return ValidationError.ofParameter('month', message, 'too_many_movements');
}

const MONTH_LENGTH = 'YYYY-MM'.length;

const monthOf = (at: IsoTime): string => at.slice(0, MONTH_LENGTH);

/** Returns the first moment (UTC) of a month, or of one that is some months later. */
function startOf(month: string, later = 0): IsoTime {
  const start = new Date(`${month}-01T00:00:00.000Z`);
  start.setUTCMonth(start.getUTCMonth() + later);
  return isoTime(start);
}

function lastMoment(month: string): IsoTime {
  return isoTime(new Date(Date.parse(startOf(month, 1)) - 1));
}
