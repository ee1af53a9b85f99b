import type { AssetId, IsoTime, Price, TransactionId, Usd } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, decimal, formatUsd, roundDown, ZERO } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction, UnitMovement } from '@cnop/common/entities/asset/asset-transaction';
import { isRefund } from '@cnop/common/entities/asset/asset-transaction';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { InternalError } from '@cnop/exception/errors';

/** The value of a portfolio at one moment, in USD. */
export interface HistoryPoint {
  readonly at: IsoTime;
  readonly total_value: Usd;
  readonly cash: Usd;
  readonly asset_value: Usd;
  /** Deposits, adjustments and transfers received less withdrawals and transfers sent, up to then: the total above it is gain. */
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
  /** Units that moved without cash, newest first, at least as far back as the entries. */
  readonly movements: readonly UnitMovement[];
  readonly present: { readonly at: IsoTime; readonly assetValue: Decimal };
  /** Past moments, oldest first. */
  readonly times: readonly IsoTime[];
  /** Ids of the changes that get points of their own; see {@link chooseSteps}. */
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

/** Changes that get points of their own, at most. */
const MAX_STEPS = 100;

/** A change of an account: an entry of its ledger, or units that moved without cash. */
export type AccountChange = BalanceTransaction | UnitMovement;

/** Merges ledger entries and movements of units, newest first. Leaves out movements older than the entries that were read. */
export function mergeChanges({
  entries,
  movements,
  hasAllEntries,
}: Pick<HistoryFacts, 'entries' | 'movements' | 'hasAllEntries'>): AccountChange[] {
  const oldest = entries.at(-1)?.created_at;
  const known = movements.filter(
    ({ created_at }) => hasAllEntries || (oldest !== undefined && created_at > oldest),
  );
  const merged: AccountChange[] = [];
  let taken = 0;
  for (const entry of entries) {
    for (let one = known[taken]; one && one.created_at > entry.created_at; one = known[taken]) {
      merged.push(one);
      taken += 1;
    }
    merged.push(entry);
  }
  return [...merged, ...known.slice(taken)];
}

/**
 * Chooses the changes that are shown as steps: two points at one moment, before and after. Without them a chart would draw a
 * deposit as a slow gain, and the cost of a trade as a loss that began before it. Deposits and the like are chosen first,
 * then the oldest trades, then the oldest rewards.
 * @param since changes at or before this moment are no steps
 * @returns the ids of the chosen changes
 */
export function chooseSteps(changes: readonly AccountChange[], since: IsoTime): Set<TransactionId> {
  const oldestFirst = changes.filter(({ created_at }) => created_at > since).toReversed();
  const chosen = oldestFirst.toSorted((one, other) => rankOf(one) - rankOf(other));
  return new Set(chosen.slice(0, MAX_STEPS).map(({ transaction_id }) => transaction_id));
}

function rankOf(change: AccountChange): number {
  if (change.transaction_type === 'staking') return 2;
  return isTrade(change) ? 1 : 0;
}

/**
 * Chooses all external flows: of cash, and of units that were transferred or given. No return is computed across one.
 * @param since changes at or before this moment are no steps
 */
export function chooseFlows(changes: readonly AccountChange[], since: IsoTime): Set<TransactionId> {
  const flows = changes.filter((change) => change.created_at > since && isFlow(change));
  return new Set(flows.map(({ transaction_id }) => transaction_id));
}

/** Rewards are gains, and trades change nothing at their moment. */
function isFlow(change: AccountChange): boolean {
  return 'legs' in change ? !isTrade(change) : change.transaction_type !== 'staking';
}

/** The types of ledger entries that pay for a trade, its refund or a settlement. */
const PAID_TRADES: ReadonlySet<AccountChange['transaction_type']> = new Set([
  'order_payment',
  'order_refund',
  'settlement',
]);

/** Returns whether an entry paid for units, so that the portfolio keeps its value. Any other entry is an external flow. */
function isTrade({ transaction_type }: Pick<AccountChange, 'transaction_type'>): boolean {
  return PAID_TRADES.has(transaction_type);
}

interface AccountState {
  cash: Decimal;
  netDeposits: Decimal;
  readonly quantities: Map<AssetId, Decimal>;
}

/**
 * Computes the values of a portfolio by walking back from the present: each change is undone, and with a payment the trade
 * that it paid for.
 * @see docs/reference/portfolio.md
 */
export function portfolioHistory(facts: HistoryFacts): History {
  const { times, trades, steps, hasAllEntries, present } = facts;
  const changes = mergeChanges(facts);
  const state = presentState(facts);
  // Newest first, in the direction of the walk.
  const points = [pointOf(state, present.at, present.assetValue)];
  let undone = 0;
  for (const at of times.toReversed()) {
    for (let change = changes[undone]; change && change.created_at > at; change = changes[undone]) {
      const { created_at, transaction_id } = change;
      const isStep = steps.has(transaction_id);
      if (isStep) addStepEnd(points, created_at, () => pastPoint(state, facts, created_at));
      if ('legs' in change) undoEntry(state, change, trades);
      else undoMovement(state, change);
      if (isStep) points.push(pastPoint(state, facts, created_at));
      undone += 1;
    }
    // All changes that were read are undone, so the state before them is unknown.
    if (undone === changes.length && !hasAllEntries)
      return { points: points.toReversed(), reachesBack: false };
    points.push(pastPoint(state, facts, at));
  }
  return { points: points.toReversed(), reachesBack: true };
}

/** Adds the end of a step. Changes of the same moment share one step: no state between two of them is shown. */
function addStepEnd(points: HistoryPoint[], at: IsoTime, end: () => HistoryPoint): void {
  if (points.at(-1)?.at !== at) points.push(end());
  else if (points.at(-2)?.at === at) points.pop();
}

function pastPoint(state: AccountState, facts: HistoryFacts, at: IsoTime): HistoryPoint {
  return pointOf(state, at, assetValueOf(state, facts, at));
}

/**
 * Returns the present state. Net deposits follow from it without a walk: cash that is missing went into trades, and a
 * position knows how much: invested less realised. Units that were transferred brought their cost along, and count by their
 * value.
 */
function presentState({ balance, holdings }: HistoryFacts): AccountState {
  const cash = decimal(balance.current_balance);
  const paid = holdings.reduce(
    (sum, { total_invested, realized_pnl, transferred_gain = '0' }) =>
      sum.plus(total_invested).minus(realized_pnl).plus(transferred_gain),
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

function undoEntry(state: AccountState, entry: BalanceTransaction, trades: HistoryFacts['trades']): void {
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

/** A transfer is a deposit or a withdrawal of its value. A gift is a gain, which changes no deposits. */
function undoMovement(state: AccountState, movement: UnitMovement): void {
  const { asset_id, quantity, total_amount, transaction_type, direction } = movement;
  const isIn = direction === 'in';
  const after = state.quantities.get(asset_id) ?? ZERO;
  state.quantities.set(asset_id, isIn ? after.minus(quantity) : after.plus(quantity));
  if (transaction_type !== 'transfer') return;
  state.netDeposits = isIn ? state.netDeposits.minus(total_amount) : state.netDeposits.plus(total_amount);
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
