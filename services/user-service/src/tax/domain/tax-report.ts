import type { AssetId, IsoTime, OrderId, Quantity, TransactionId, Usd } from '@cnop/common/core/brands';
import { formatCsv } from '@cnop/common/core/csv';
import {
  CURRENCY_SCALE,
  decimal,
  decimalOfUnits,
  formatQuantity,
  formatUsd,
  MAX_SCALE,
} from '@cnop/common/core/money';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { yearOf } from '@cnop/common/entities/user/tax-method';
import type { Departure, LotPart } from './lot-book.ts';
import type { Lot } from './lot-heap.ts';

const MILLISECONDS_PER_DAY = 86_400_000;
const YEAR_LENGTH = 'YYYY'.length;
const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** Whether units were held for more than a year. */
export type Term = 'short' | 'long';

/** A sale, settlement or refund of one year, with the lots that it used up. */
export interface TaxDisposal {
  /** Sorts disposals by time. */
  readonly key: string;
  readonly sale: AssetTransaction;
  readonly departure: Departure;
}

/** Sums over disposals, in USD. */
export interface TaxTotals {
  readonly disposals: number;
  readonly proceeds: Usd;
  readonly cost: Usd;
  /** Proceeds less cost. */
  readonly gain: Usd;
  readonly short_term_gain: Usd;
  readonly long_term_gain: Usd;
  /** The profit that the positions realised by the same disposals, at average cost over all years. */
  readonly realized_pnl: Usd;
}

/** Sums over disposals, in cents. */
interface Sums {
  disposals: number;
  proceeds: bigint;
  cost: bigint;
  longTermGain: bigint;
  realized: bigint;
}

const nothing = (): Sums => ({ disposals: 0, proceeds: 0n, cost: 0n, longTermGain: 0n, realized: 0n });

/** Sums up disposals: all together, and those of each asset by asset id. */
export function sumUp(disposals: readonly TaxDisposal[]): {
  readonly totals: TaxTotals;
  readonly assets: readonly (TaxTotals & { readonly asset_id: AssetId })[];
} {
  const byAsset = new Map<AssetId, Sums>();
  for (const { sale, departure } of disposals) {
    const sums = byAsset.get(sale.asset_id) ?? nothing();
    byAsset.set(sale.asset_id, sums);
    sums.disposals += 1;
    sums.realized += decimal(sale.realized_pnl ?? '0').unitsAt(CURRENCY_SCALE);
    for (const { acquiredAt, proceeds, cost } of departure.parts) {
      sums.proceeds += proceeds;
      sums.cost += cost;
      if (termOf(acquiredAt, departure.at) === 'long') sums.longTermGain += proceeds - cost;
    }
  }
  const all = nothing();
  for (const sums of byAsset.values()) {
    all.disposals += sums.disposals;
    all.proceeds += sums.proceeds;
    all.cost += sums.cost;
    all.longTermGain += sums.longTermGain;
    all.realized += sums.realized;
  }
  const assets = [...byAsset]
    .map(([asset_id, sums]) => ({ asset_id, ...totalsOf(sums) }))
    .toSorted((one, other) => (one.asset_id < other.asset_id ? -1 : 1));
  return { totals: totalsOf(all), assets };
}

function totalsOf({ disposals, proceeds, cost, longTermGain, realized }: Sums): TaxTotals {
  const gain = proceeds - cost;
  return {
    disposals,
    proceeds: usdOf(proceeds),
    cost: usdOf(cost),
    gain: usdOf(gain),
    short_term_gain: usdOf(gain - longTermGain),
    long_term_gain: usdOf(longTermGain),
    realized_pnl: usdOf(realized),
  };
}

/** A part of a disposal as it is sent. */
export interface LotRow {
  /** The transaction that acquired the lot. */
  readonly transaction_id: TransactionId;
  readonly acquired_at: IsoTime;
  readonly quantity: Quantity;
  readonly cost: Usd;
  readonly proceeds: Usd;
  readonly gain: Usd;
  readonly holding_days: number;
  readonly term: Term;
}

/** A disposal as it is sent. */
export interface DisposalRow
  extends Pick<LotRow, 'transaction_id' | 'quantity' | 'cost' | 'proceeds' | 'gain'> {
  readonly asset_id: AssetId;
  readonly transaction_type: AssetTransaction['transaction_type'];
  readonly order_id: OrderId | null;
  readonly disposed_at: IsoTime;
  readonly realized_pnl: Usd | null;
  readonly lots: readonly LotRow[];
}

/** Returns a disposal as it is sent. */
export function disposalRow({ sale, departure }: TaxDisposal): DisposalRow {
  const [cost, proceeds] = [sumOf(departure.parts, 'cost'), sumOf(departure.parts, 'proceeds')];
  return {
    transaction_id: sale.transaction_id,
    asset_id: sale.asset_id,
    transaction_type: sale.transaction_type,
    order_id: sale.order_id,
    disposed_at: sale.timestamp,
    quantity: sale.quantity,
    cost: usdOf(cost),
    proceeds: usdOf(proceeds),
    gain: usdOf(proceeds - cost),
    realized_pnl: sale.realized_pnl,
    lots: departure.parts.map((part) => lotRow(part, departure.at)),
  };
}

function lotRow({ lotId, acquiredAt, units, cost, proceeds }: LotPart, soldAt: IsoTime): LotRow {
  return {
    transaction_id: lotId,
    acquired_at: acquiredAt,
    quantity: quantityOf(units),
    cost: usdOf(cost),
    proceeds: usdOf(proceeds),
    gain: usdOf(proceeds - cost),
    holding_days: daysBetween(acquiredAt, soldAt),
    term: termOf(acquiredAt, soldAt),
  };
}

/** A lot that is still held, as it is sent. */
export interface OpenLotRow extends Omit<LotRow, 'proceeds' | 'gain'> {
  readonly asset_id: AssetId;
}

/** Returns an open lot as it is sent. */
export function openLotRow(assetId: AssetId, { id, acquiredAt, units, cost }: Lot, now: IsoTime): OpenLotRow {
  return {
    transaction_id: id,
    asset_id: assetId,
    acquired_at: acquiredAt,
    quantity: quantityOf(units),
    cost: usdOf(cost),
    holding_days: daysBetween(acquiredAt, now),
    term: termOf(acquiredAt, now),
  };
}

const COLUMNS = [
  'asset_id',
  'quantity',
  'acquired_at',
  'disposed_at',
  'holding_days',
  'term',
  'proceeds',
  'cost',
  'gain',
  'method',
  'transaction_type',
  'disposal_id',
  'lot_id',
] as const;

/** Formats disposals as CSV: one row for each lot that a disposal used up. */
export function taxCsv(disposals: readonly TaxDisposal[], method: LotMethod): string {
  const rows = disposals
    .map(disposalRow)
    .flatMap((disposal) =>
      disposal.lots.map((lot) => [
        disposal.asset_id,
        lot.quantity,
        lot.acquired_at,
        disposal.disposed_at,
        String(lot.holding_days),
        lot.term,
        lot.proceeds,
        lot.cost,
        lot.gain,
        method,
        disposal.transaction_type,
        disposal.transaction_id,
        lot.transaction_id,
      ]),
    );
  return formatCsv(COLUMNS, rows);
}

/** Returns whether units were held for more than a year by the calendar (UTC): sold after the same date of the next year. */
function termOf(acquiredAt: IsoTime, at: IsoTime): Term {
  const anniversary = String(yearOf(acquiredAt) + 1) + acquiredAt.slice(YEAR_LENGTH, DAY_LENGTH);
  return dayOf(at) > anniversary ? 'long' : 'short';
}

/** Returns the days between two dates (UTC); 0 when a clock was behind. */
function daysBetween(from: IsoTime, to: IsoTime): number {
  return Math.max(0, (Date.parse(dayOf(to)) - Date.parse(dayOf(from))) / MILLISECONDS_PER_DAY);
}

const dayOf = (at: string): string => at.slice(0, DAY_LENGTH);

const sumOf = (parts: readonly LotPart[], member: 'cost' | 'proceeds'): bigint =>
  parts.reduce((sum, part) => sum + part[member], 0n);

const usdOf = (cents: bigint): Usd => formatUsd(decimalOfUnits(cents, CURRENCY_SCALE));

const quantityOf = (units: bigint): Quantity => formatQuantity(decimalOfUnits(units, MAX_SCALE));
