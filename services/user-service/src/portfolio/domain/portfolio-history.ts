import type { AssetId, IsoTime, Price, TransactionId, Usd } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, decimal, formatUsd, roundDown, ZERO } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { isRefund } from '@cnop/common/entities/asset/asset-transaction';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { BalanceTransaction, TransactionType } from '@cnop/common/entities/user/balance-transaction';
import { InternalError } from '@cnop/exception/errors';

/** The value of a portfolio at one moment, in USD. */
export interface HistoryPoint {
  readonly at: IsoTime;
  readonly total_value: Usd;
  readonly cash: Usd;
  readonly asset_value: Usd;
  /** Deposits and adjustments less withdrawals, up to then: the total above it is gain. */
  readonly net_deposits: Usd;
}

/** The stored state of an account, its history and its present value. */
export interface HistoryFacts {
  readonly balance: Pick<Balance, 'current_balance'>;
  /** All positions, closed ones included. */
  readonly holdings: readonly StoredAssetBalance[];
  /** Ledger entries, newest first, as far back as they were read. */
  readonly entries: readonly BalanceTransaction[];
  /** Whether `entries` reaches back to the first entry of the ledger. */
  readonly hasAllEntries: boolean;
  /** The trades that the entries paid for, by `tradeName`. */
  readonly trades: ReadonlyMap<string, AssetTransaction>;
  readonly present: { readonly at: IsoTime; readonly assetValue: Decimal };
  /** Past moments, oldest first. */
  readonly times: readonly IsoTime[];
  /** Ids of the entries that get points of their own; see {@link chooseSteps}. */
  readonly steps: ReadonlySet<TransactionId>;
  /** Returns USD per unit of an asset at one of `times` or at a step. */
  readonly priceAt: (assetId: AssetId, at: IsoTime) => Price | undefined;
}

/** The values of a portfolio over time. */
export interface History {
  /** Oldest first; the last point is the present. */
  readonly points: readonly HistoryPoint[];
  /** False when the entries do not reach back to the first moment; the points begin later then. */
  readonly reachesBack: boolean;
}

/** Ledger entries that get points of their own, at most. */
const MAX_STEPS = 100;

/**
 * Chooses the ledger entries that are shown as steps: two points at one moment, before and after. Without them a chart would
 * draw a deposit as a slow gain, and the cost of a trade as a loss that began before it. Cash movements are chosen first,
 * then the oldest trades.
 * @param since entries at or before this moment are no steps
 * @returns the ids of the chosen entries
 */
export function chooseSteps(entries: readonly BalanceTransaction[], since: IsoTime): Set<TransactionId> {
  const oldestFirst = entries.filter(({ created_at }) => created_at > since).toReversed();
  const chosen = [...oldestFirst.filter((entry) => !isTrade(entry)), ...oldestFirst.filter(isTrade)];
  return new Set(chosen.slice(0, MAX_STEPS).map(({ transaction_id }) => transaction_id));
}

/**
 * Chooses all external flows of cash, so that no return is computed across one.
 * @param since entries at or before this moment are no steps
 */
export function chooseFlows(entries: readonly BalanceTransaction[], since: IsoTime): Set<TransactionId> {
  const flows = entries.filter((entry) => entry.created_at > since && !isTrade(entry));
  return new Set(flows.map(({ transaction_id }) => transaction_id));
}

/** The types of ledger entries that pay for a trade, its refund or a settlement. */
const PAID_TRADES: ReadonlySet<TransactionType> = new Set(['order_payment', 'order_refund', 'settlement']);

/** Returns whether an entry paid for units, so that the portfolio keeps its value. Any other entry is an external flow. */
function isTrade({ transaction_type }: BalanceTransaction): boolean {
  return PAID_TRADES.has(transaction_type);
}

interface AccountState {
  cash: Decimal;
  netDeposits: Decimal;
  readonly quantities: Map<AssetId, Decimal>;
}

/**
 * Computes the values of a portfolio by walking back from the present: each ledger entry is undone, and with a payment the
 * trade that it paid for.
 * @see docs/reference/portfolio.md
 */
export function portfolioHistory(facts: HistoryFacts): History {
  const { entries, times, trades, steps, hasAllEntries, present } = facts;
  const state = presentState(facts);
  // Newest first, in the direction of the walk.
  const points = [pointOf(state, present.at, present.assetValue)];
  let undone = 0;
  for (const at of times.toReversed()) {
    for (let entry = entries[undone]; entry && entry.created_at > at; entry = entries[undone]) {
      const isStep = steps.has(entry.transaction_id);
      if (isStep) addStepEnd(points, entry.created_at, () => pastPoint(state, facts, entry.created_at));
      undo(state, entry, trades);
      if (isStep) points.push(pastPoint(state, facts, entry.created_at));
      undone += 1;
    }
    // All entries that were read are undone, so the state before them is unknown.
    if (undone === entries.length && !hasAllEntries)
      return { points: points.toReversed(), reachesBack: false };
    points.push(pastPoint(state, facts, at));
  }
  return { points: points.toReversed(), reachesBack: true };
}

/** Adds the end of a step. Entries of the same moment share one step: no state between two of them is shown. */
function addStepEnd(points: HistoryPoint[], at: IsoTime, end: () => HistoryPoint): void {
  if (points.at(-1)?.at !== at) points.push(end());
  else if (points.at(-2)?.at === at) points.pop();
}

function pastPoint(state: AccountState, facts: HistoryFacts, at: IsoTime): HistoryPoint {
  return pointOf(state, at, assetValueOf(state, facts, at));
}

/**
 * Returns the present state. Net deposits follow from it without a walk: cash that is missing went into trades, and a
 * position knows how much: invested less realised.
 */
function presentState({ balance, holdings }: HistoryFacts): AccountState {
  const cash = decimal(balance.current_balance);
  const paid = holdings.reduce(
    (sum, { total_invested, realized_pnl }) => sum.plus(total_invested).minus(realized_pnl),
    ZERO,
  );
  const quantities = new Map(holdings.map(({ asset_id, quantity }) => [asset_id, decimal(quantity)]));
  return { cash, netDeposits: cash.plus(paid), quantities };
}

const REFUND_OF = 'refund of ';

/** Returns the name of the trade that a ledger entry paid for; undefined for any other movement of cash. */
export function paidTradeName({
  transaction_type: type,
  reference_id: id,
}: Pick<BalanceTransaction, 'transaction_type' | 'reference_id'>): string | undefined {
  if (!PAID_TRADES.has(type) || id === null) return undefined;
  return type === 'order_refund' ? REFUND_OF + id : id;
}

/** Returns the name of a trade: its order id, of a refund as such; of a settlement its transaction id. */
export function tradeName(trade: AssetTransaction): string {
  const { order_id, transaction_id } = trade;
  if (order_id === null) return transaction_id;
  return isRefund(trade) ? REFUND_OF + order_id : order_id;
}

function undo(state: AccountState, entry: BalanceTransaction, trades: HistoryFacts['trades']): void {
  const { new_balance, previous_balance } = entry;
  state.cash = decimal(previous_balance);
  if (!isTrade(entry)) {
    state.netDeposits = state.netDeposits.minus(new_balance).plus(previous_balance);
    return;
  }
  const trade = trades.get(paidTradeName(entry) ?? '');
  if (!trade) throw new InternalError(new Error(`the payment ${entry.transaction_id} has no trade`));
  const { asset_id, transaction_type: side, quantity } = trade;
  const after = state.quantities.get(asset_id) ?? ZERO;
  const entered = side === 'buy' || side === 'sell_refund';
  state.quantities.set(asset_id, entered ? after.minus(quantity) : after.plus(quantity));
}

/** Returns the proceeds of selling all positions, each rounded down to cents, as a credit is. */
function assetValueOf({ quantities }: AccountState, { priceAt }: HistoryFacts, at: IsoTime): Decimal {
  let value = ZERO;
  for (const [assetId, quantity] of quantities) {
    if (quantity.eq('0')) continue;
    const price = priceAt(assetId, at);
    if (price === undefined) throw new InternalError(new Error(`there is no price of ${assetId}`));
    value = value.plus(roundDown(quantity.times(price), CURRENCY_SCALE));
  }
  return value;
}

function pointOf({ cash, netDeposits }: AccountState, at: IsoTime, assetValue: Decimal): HistoryPoint {
  return {
    at,
    total_value: formatUsd(cash.plus(assetValue)),
    cash: formatUsd(cash),
    asset_value: formatUsd(assetValue),
    net_deposits: formatUsd(netDeposits),
  };
}
