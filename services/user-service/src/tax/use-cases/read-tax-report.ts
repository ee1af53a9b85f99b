import type { AssetId, TransactionId, Usd } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { MAX_CSV_ROWS } from '@cnop/common/core/csv';
import { CURRENCY_SCALE, decimalOfUnits, formatUsd } from '@cnop/common/core/money';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { pageOfRows } from '@cnop/common/core/pagination';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { yearOf } from '@cnop/common/entities/user/tax-method';
import { ValidationError } from '@cnop/exception/errors';
import { assetsChangedSince } from '../../portfolio/use-cases/replay-transactions.ts';
import type { DisposalRow, OpenLotRow, TaxDisposal, TaxTotals } from '../domain/tax-report.ts';
import { disposalRow, openLotRow, sumUp, taxCsv } from '../domain/tax-report.ts';
import type { FollowLotsDeps, LotSelection } from './follow-lots.ts';
import {
  assertYear,
  endOfYear,
  followLots,
  readMethods,
  readSelectedHoldings,
  startOfYear,
} from './follow-lots.ts';

/** The disposals of one year. */
export interface TaxSelection extends LotSelection {
  readonly year: number;
}

interface TaxReport {
  readonly year: number;
  readonly method: LotMethod;
  readonly totals: TaxTotals;
  readonly assets: readonly (TaxTotals & { readonly asset_id: AssetId })[];
  /** Oldest first. */
  readonly page: Page<DisposalRow>;
}

/**
 * Returns one page of the disposals of a year with their lots, and the totals of all of them. Nothing is stored for it: the
 * lots follow from the history of each asset.
 * @throws NotFoundError (404) for a year without the account, and for an unknown asset
 * @throws ValidationError (422) when there are too many transactions
 * @see docs/reference/tax.md
 */
export async function readTaxReport(
  deps: FollowLotsDeps,
  selection: TaxSelection,
  request: PageRequest,
): Promise<TaxReport> {
  const { disposals, method } = await readDisposals(deps, selection);
  const page = pageOfRows(disposals, request);
  return {
    year: selection.year,
    method,
    ...sumUp(disposals),
    page: { items: page.items.map(disposalRow), next: page.next },
  };
}

/**
 * Returns the disposals of a year as CSV, one row for each lot, oldest first.
 * @throws ValidationError (422) as `readTaxReport`, and for more rows than an export may have
 */
export async function exportTaxReport(deps: FollowLotsDeps, selection: TaxSelection): Promise<string> {
  const { disposals, method } = await readDisposals(deps, selection);
  const rows = disposals.reduce((sum, { departure }) => sum + departure.parts.length, 0);
  if (rows <= MAX_CSV_ROWS) return taxCsv(disposals, method);
  const message = `There are more than ${MAX_CSV_ROWS} rows. Ask for one asset, or read the pages of the year.`;
  throw ValidationError.ofParameter('asset_id', message, 'too_many_rows');
}

/** Reads the disposals of a year, oldest first. */
async function readDisposals(
  deps: FollowLotsDeps,
  { username, year, assetId }: TaxSelection,
): Promise<{ readonly disposals: readonly TaxDisposal[]; readonly method: LotMethod }> {
  await assertYear(deps, username, year);
  const holdings = await readSelectedHoldings(deps, { username, assetId });
  const methodOf = await readMethods(deps.store, username);
  const sales = new Map<TransactionId, AssetTransaction>();
  const disposals: TaxDisposal[] = [];
  await followLots(deps, {
    username,
    assetIds: assetsChangedSince(holdings, startOfYear(year)),
    to: endOfYear(year),
    methodOf,
    visit(transaction, departures) {
      if (yearOf(transaction.timestamp) === year) sales.set(transaction.transaction_id, transaction);
      for (const departure of departures) {
        const sale = departure.kind === 'dispose' ? sales.get(departure.id) : undefined;
        if (sale) disposals.push({ key: `${sale.timestamp}#${sale.transaction_id}`, sale, departure });
      }
    },
  });
  const oldestFirst = disposals.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return { disposals: oldestFirst, method: methodOf(year) };
}

interface OpenLots {
  /** The method of the present year. */
  readonly method: LotMethod;
  /** The cost of all lots, in USD. */
  readonly cost: Usd;
  /** By asset, oldest first. */
  readonly page: Page<OpenLotRow>;
}

/**
 * Returns one page of the lots that are held now, and the cost of all of them.
 * @throws ValidationError (422) for too many transactions; NotFoundError (404) for an unknown asset
 */
export async function readOpenLots(
  deps: FollowLotsDeps,
  { username, assetId }: LotSelection,
  request: PageRequest,
): Promise<OpenLots> {
  const now = isoTime(deps.clock.now());
  const holdings = await readSelectedHoldings(deps, { username, assetId });
  const held = holdings.filter(({ quantity }) => quantity !== '0').map(({ asset_id }) => asset_id);
  const methodOf = await readMethods(deps.store, username);
  const books = await followLots(deps, { username, assetIds: held, methodOf });
  const lots = [...books].flatMap(([asset_id, book]) =>
    book.open().map((lot) => ({ key: `${asset_id}#${sortable(lot.sequence)}`, asset_id, lot })),
  );
  const page = pageOfRows(lots, request);
  return {
    method: methodOf(yearOf(now)),
    cost: formatUsd(
      decimalOfUnits(
        lots.reduce((sum, { lot }) => sum + lot.cost, 0n),
        CURRENCY_SCALE,
      ),
    ),
    page: { items: page.items.map(({ asset_id, lot }) => openLotRow(asset_id, lot, now)), next: page.next },
  };
}

const SEQUENCE_DIGITS = 9;
const sortable = (sequence: number): string => String(sequence).padStart(SEQUENCE_DIGITS, '0');
