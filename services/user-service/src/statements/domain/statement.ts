import type { AssetId, IsoTime, Price, Quantity, TransactionId, Usd } from '@cnop/common/core/brands';
import { formatCsv } from '@cnop/common/core/csv';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, formatUsd, ZERO } from '@cnop/common/core/money';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { PastPosition } from '../../portfolio/domain/past-position.ts';
import type { ValuedHolding } from '../../portfolio/domain/portfolio.ts';
import { effectOf, entersPosition } from '../../portfolio/domain/unit-effects.ts';

/** A movement of cash or of units in a statement. */
export interface StatementRow {
  /** Sorts rows by time; those of one moment stay in their order. */
  readonly key: string;
  readonly at: IsoTime;
  /** `USD`, or the asset of the units. */
  readonly unit: string;
  readonly transaction_type: BalanceTransaction['transaction_type'] | AssetTransaction['transaction_type'];
  /** Negative for what leaves the account. */
  readonly amount: string;
  /** Cash or units of this asset after the movement. */
  readonly balance: string;
  /** USD per unit; null for cash. */
  readonly price: Price | null;
  /** USD, a part of the cash that the same trade moved; null for cash. */
  readonly fees: Usd | null;
  readonly description: string | null;
  readonly transaction_id: TransactionId;
  /** The cause, such as an order. */
  readonly reference_id: string | null;
}

const SEQUENCE_DIGITS = 12;
const keyOf = (at: IsoTime, kind: 'cash' | 'units', text: string): string => `${at}#${kind}#${text}`;

/** Returns the row of a ledger entry. */
export function cashRow(entry: BalanceTransaction): StatementRow {
  const { created_at: at, sequence, direction, amount, transaction_type, new_balance, description } = entry;
  return {
    key: keyOf(at, 'cash', String(sequence).padStart(SEQUENCE_DIGITS, '0')),
    at,
    unit: 'USD',
    transaction_type,
    amount: direction === 'debit' ? `-${amount}` : amount,
    balance: new_balance,
    price: null,
    fees: null,
    description,
    transaction_id: entry.transaction_id,
    reference_id: entry.reference_id,
  };
}

/** Returns the row of an asset transaction, with the units after it. */
export function unitsRow(transaction: AssetTransaction, { quantity }: PastPosition): StatementRow {
  const { timestamp: at, asset_id, transaction_id, transaction_type, price, description } = transaction;
  const effect = effectOf(transaction);
  return {
    key: keyOf(at, 'units', `${asset_id}#${transaction_id}`),
    at,
    unit: asset_id,
    transaction_type,
    amount: formatDecimal(entersPosition(effect) ? effect.units : effect.units.neg()),
    balance: formatDecimal(quantity),
    price,
    fees: transaction.fees,
    description,
    transaction_id,
    reference_id: transaction.order_id,
  };
}

/** The cash that entries of one type and direction moved. */
export interface CashTotal {
  readonly transaction_type: BalanceTransaction['transaction_type'];
  readonly direction: BalanceTransaction['direction'];
  readonly count: number;
  /** USD. */
  readonly amount: Usd;
}

/** Sums up ledger entries by type and direction. */
export function totalCash(entries: readonly BalanceTransaction[]): CashTotal[] {
  const sums = new Map<string, Omit<CashTotal, 'amount'> & { readonly sum: Decimal }>();
  for (const { transaction_type, direction, amount } of entries) {
    const name = `${transaction_type} ${direction}`;
    const before = sums.get(name) ?? { transaction_type, direction, count: 0, sum: ZERO };
    sums.set(name, { ...before, count: before.count + 1, sum: before.sum.plus(amount) });
  }
  return [...sums.entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { sum, ...total }]) => ({ ...total, amount: formatUsd(sum) }));
}

/** Cash and positions at the beginning or the end of a statement. */
export interface StatementState {
  readonly at: IsoTime;
  readonly cash: Usd;
  /** At the prices of that time, in USD. */
  readonly asset_value: Usd;
  readonly total_value: Usd;
  /** Those with units. */
  readonly positions: readonly StatementPosition[];
}

export interface StatementPosition {
  readonly asset_id: AssetId;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly market_value: Usd;
  readonly total_invested: Usd;
}

/** Returns cash and valued positions as a state of a statement. */
export function stateOf(at: IsoTime, cash: Usd, holdings: readonly ValuedHolding[]): StatementState {
  const held = holdings.filter(({ quantity }) => decimal(quantity).gt(ZERO));
  const value = held.reduce((sum, { current_market_value }) => sum.plus(current_market_value), ZERO);
  return {
    at,
    cash,
    asset_value: formatUsd(value),
    total_value: formatUsd(value.plus(cash)),
    positions: held.map(({ asset_id, quantity, current_price, current_market_value, total_invested }) => ({
      asset_id,
      quantity,
      price: current_price,
      market_value: current_market_value,
      total_invested,
    })),
  };
}

const COLUMNS = [
  'at',
  'unit',
  'transaction_type',
  'amount',
  'balance',
  'price',
  'fees',
  'description',
  'transaction_id',
  'reference_id',
] as const;

/** Formats the movements of a statement as CSV. */
export function statementCsv(rows: readonly StatementRow[]): string {
  return formatCsv(
    COLUMNS,
    rows.map((row) => COLUMNS.map((column) => row[column] ?? '')),
  );
}
