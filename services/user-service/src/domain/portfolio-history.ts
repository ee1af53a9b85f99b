import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, decimal, formatUsd, roundDown, ZERO } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { InternalError } from '@cnop/exception/errors';

/** What a portfolio was worth at one moment, in USD. */
export interface HistoryPoint {
  readonly at: string;
  readonly total_value: string;
  readonly cash: string;
  readonly asset_value: string;
  /** Cash that was brought less what was taken out, by then: what is above it was gained. */
  readonly net_deposits: string;
}

/** What is stored of an account, and what it is worth now. */
export interface HistoryFacts {
  readonly balance: Pick<Balance, 'current_balance'>;
  /** All of them, those sold out included. */
  readonly holdings: readonly StoredAssetBalance[];
  /** The ledger from the present back, as far as it was read. */
  readonly lines: readonly BalanceTransaction[];
  /** Whether the last of them is the first of the ledger. */
  readonly hasAllLines: boolean;
  /** Those that the lines paid for, by the order or, of a settlement, by their own id. */
  readonly trades: ReadonlyMap<string, AssetTransaction>;
  readonly present: { readonly at: string; readonly assetValue: Decimal };
  /** Past moments, oldest first. */
  readonly times: readonly string[];
  /** Ids of the lines that get points of their own; see {@link stepsOf}. */
  readonly steps: ReadonlySet<string>;
  /** USD per unit of an asset at one of those moments, or at that of a step. */
  readonly priceAt: (assetId: string, at: string) => string | undefined;
}

/** Oldest first; the last point is the present. */
export interface History {
  readonly points: readonly HistoryPoint[];
  /** False when the lines do not reach back to the first moment: the points begin later then. */
  readonly reachesBack: boolean;
}

/** Most lines of the ledger that get points of their own. */
const MAX_STEPS = 100;

/**
 * Chooses the lines that are shown as steps: two points of one moment, before and after. Without them a chart would draw
 * a deposit as a slow gain, and the cost of a trade as a loss that began before it. Cash movements come first, then the
 * oldest trades.
 * @param since lines of that moment and before are no steps
 * @returns their ids
 */
export function stepsOf(lines: readonly BalanceTransaction[], since: string): Set<string> {
  const oldestFirst = lines.filter(({ created_at }) => created_at > since).toReversed();
  const isCash = ({ transaction_type }: BalanceTransaction): boolean => transaction_type !== 'order_payment';
  const chosen = [...oldestFirst.filter(isCash), ...oldestFirst.filter((line) => !isCash(line))];
  return new Set(chosen.slice(0, MAX_STEPS).map(({ transaction_id }) => transaction_id));
}

interface Books {
  cash: Decimal;
  netDeposits: Decimal;
  readonly quantities: Map<string, Decimal>;
}

/** Walks back from the present: each line of the ledger is undone, and with a payment the trade that it paid for. */
export function portfolioHistory(facts: HistoryFacts): History {
  const { lines, times, trades, steps, hasAllLines, present } = facts;
  const books = presentBooks(facts);
  // Latest first, as the walk goes.
  const points = [pointOf(books, present.at, present.assetValue)];
  let undone = 0;
  for (const at of times.toReversed()) {
    for (let line = lines[undone]; line && line.created_at > at; line = lines[undone]) {
      const isStep = steps.has(line.transaction_id);
      if (isStep) addStepEnd(points, line.created_at, () => pastPoint(books, facts, line.created_at));
      undo(books, line, trades);
      if (isStep) points.push(pastPoint(books, facts, line.created_at));
      undone += 1;
    }
    // The oldest line that was read is undone: what was before it is not known.
    if (undone === lines.length && !hasAllLines) return { points: points.toReversed(), reachesBack: false };
    points.push(pastPoint(books, facts, at));
  }
  return { points: points.toReversed(), reachesBack: true };
}

/** Adds the end of a step, one for all lines of a moment: what was between two of them was never the case for long. */
function addStepEnd(points: HistoryPoint[], at: string, end: () => HistoryPoint): void {
  if (points.at(-1)?.at !== at) points.push(end());
  else if (points.at(-2)?.at === at) points.pop();
}

function pastPoint(books: Books, facts: HistoryFacts, at: string): HistoryPoint {
  return pointOf(books, at, assetValueOf(books, facts, at));
}

/**
 * Net deposits need no walk: whatever cash is not there went into trades, and a holding knows what its trades took: what
 * is invested, less what was realised.
 */
function presentBooks({ balance, holdings }: HistoryFacts): Books {
  const cash = decimal(balance.current_balance);
  const paid = holdings.reduce(
    (sum, { total_invested, realized_pnl }) => sum.plus(total_invested).minus(realized_pnl),
    ZERO,
  );
  const quantities = new Map(holdings.map(({ asset_id, quantity }) => [asset_id, decimal(quantity)]));
  return { cash, netDeposits: cash.plus(paid), quantities };
}

function undo(books: Books, line: BalanceTransaction, trades: HistoryFacts['trades']): void {
  const { transaction_type, reference_id, new_balance, previous_balance } = line;
  books.cash = decimal(previous_balance);
  if (transaction_type !== 'order_payment' && transaction_type !== 'settlement') {
    books.netDeposits = books.netDeposits.minus(new_balance).plus(previous_balance);
    return;
  }
  const trade = trades.get(reference_id ?? '');
  if (!trade) throw new InternalError(new Error(`the payment ${line.transaction_id} has no trade`));
  const { asset_id, transaction_type: side, quantity } = trade;
  const after = books.quantities.get(asset_id) ?? ZERO;
  books.quantities.set(asset_id, side === 'buy' ? after.minus(quantity) : after.plus(quantity));
}

/** What selling everything would have brought, each holding rounded down as a credit is. */
function assetValueOf({ quantities }: Books, { priceAt }: HistoryFacts, at: string): Decimal {
  let value = ZERO;
  for (const [assetId, quantity] of quantities) {
    if (quantity.eq('0')) continue;
    const price = priceAt(assetId, at);
    if (price === undefined) throw new InternalError(new Error(`there is no price of ${assetId}`));
    value = value.plus(roundDown(quantity.times(price), CURRENCY_SCALE));
  }
  return value;
}

function pointOf({ cash, netDeposits }: Books, at: string, assetValue: Decimal): HistoryPoint {
  return {
    at,
    total_value: formatUsd(cash.plus(assetValue)),
    cash: formatUsd(cash),
    asset_value: formatUsd(assetValue),
    net_deposits: formatUsd(netDeposits),
  };
}
