import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type {
  BalanceTransaction,
  Direction,
  Leg,
  TransactionType,
} from '@cnop/common/entities/user/balance-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { showUsd } from './order-basics.ts';

const EXTERNAL_SETTLEMENT = 'external:settlement';
const ROUNDING = 'house:rounding';
const FEE = 'house:fee';

/** The accounts on the other side of each type of entry. No operation makes the types without one. */
const ACCOUNTS_OF: Readonly<Record<TransactionType, RegExp>> = {
  deposit: /^external:deposit$/,
  withdraw: /^external:withdrawal$/,
  system_adjustment: /^house:adjustment$/,
  order_payment: /^house:(?:asset:\w+|spread|rounding|fee)$/,
  settlement: /^(?:external:settlement|house:rounding)$/,
  order_refund: /^house:(?:asset:\w+|spread|rounding|fee)$/,
  transfer: /^user:[a-z0-9_]+$/,
  conversion: /^house:(?:currency:[A-Z]{3}|spread|rounding)$/,
};

/** The accounts of users, which transfers move cash between. */
const USER_PREFIX = 'user:';
const ALL_USERS = 'user:*';

/** The accounts that only receive, except for refunds: what the house earns. */
const EARNINGS = /^house:(?:spread|rounding|fee)$/;

const SUSPENSE = 'house:suspense';

/** Returns whether an entry states the other side itself. Those of earlier versions do not. */
export function statesLegs({ attributes }: Pick<StoredOf<'ledger entry'>, 'attributes'>): boolean {
  return 'legs' in attributes;
}

/** Checks that both sides of a ledger entry sum to zero, and that the other side consists of the accounts of its type. */
export function checkLegs(stored: StoredOf<'ledger entry'> | StoredOf<'wallet entry'>): Violation[] {
  const { username, legs, amount, direction, transaction_type } = stored.entity;
  const found: Violation[] = [];
  const sum = sumOf(legs);
  if (!sum.plus(signed(amount, direction)).eq(ZERO)) {
    const text = `A ${direction} of ${amount} has ${formatDecimal(sum)} on the other side.`;
    found.push(violation('ledger-legs', [stored.key], text));
  }
  const isOfType = (account: string): boolean =>
    (ACCOUNTS_OF[transaction_type].test(account) && account !== USER_PREFIX + username) ||
    (account === SUSPENSE && !statesLegs(stored));
  const foreign = legs.find(({ account }) => !isOfType(account));
  if (foreign) {
    const text = `A ${transaction_type} cannot move cash of ${foreign.account}.`;
    found.push(violation('ledger-legs', [stored.key], text));
  }
  const loss = legs.find(({ account, amount: change }) => EARNINGS.test(account) && decimal(change).lt(ZERO));
  if (loss && transaction_type !== 'order_refund')
    found.push(violation('ledger-legs', [stored.key], `It takes ${loss.amount} from ${loss.account}.`));
  return found;
}

function signed(amount: string, direction: Direction): Decimal {
  return direction === 'credit' ? decimal(amount) : decimal(amount).neg();
}

/** Returns the sum of legs. */
export function sumOf(legs: readonly Leg[]): Decimal {
  return legs.reduce((sum, { amount }) => sum.plus(amount), ZERO);
}

/** Returns whether an asset transaction is of a type that moves units without cash. */
export function movesWithoutCash({
  transaction_type: type,
}: Pick<AssetTransaction, 'transaction_type'>): boolean {
  return type === 'transfer' || type === 'airdrop' || type === 'staking';
}

/** Checks the other side of the units of an asset transaction. */
export function checkCounterpart({ key, entity }: StoredOf<'asset transaction'>): Violation[] {
  const { username, transaction_type, asset_id, counterpart } = entity;
  const due = transaction_type === 'transfer' ? 'another user' : unitsAccountOf(transaction_type, asset_id);
  const isOtherUser = counterpart.startsWith(USER_PREFIX) && counterpart !== USER_PREFIX + username;
  if (transaction_type === 'transfer' ? isOtherUser : counterpart === due) return [];
  return [
    violation(
      'trade-legs',
      [key],
      `The units of a ${transaction_type} move against ${due}, not ${counterpart}.`,
    ),
  ];
}

const EXTERNAL_TYPES: ReadonlySet<AssetTransaction['transaction_type']> = new Set([
  'settlement',
  'airdrop',
  'staking',
]);

function unitsAccountOf(type: AssetTransaction['transaction_type'], assetId: string): string {
  return EXTERNAL_TYPES.has(type) ? `external:${type}` : `house:asset:${assetId}`;
}

/** What one account of the other side receives. */
interface DueLeg {
  readonly account: string;
  readonly amount: Decimal;
}

/**
 * Computes the other side of the cash of a trade or settlement from its price, mid price, total and fees. A trade of an
 * earlier version has no mid price; its spread counts as part of the asset's account.
 */
function legsDue(trade: AssetTransaction): DueLeg[] {
  const { transaction_type, asset_id, quantity, price, mid_price, total_amount, fees } = trade;
  const exact = decimal(quantity).times(price);
  if (transaction_type === 'settlement') {
    return [
      { account: EXTERNAL_SETTLEMENT, amount: exact.neg() },
      { account: ROUNDING, amount: exact.minus(total_amount) },
    ];
  }
  const atMid = decimal(quantity).times(mid_price ?? price);
  const isBuy = transaction_type === 'buy' || transaction_type === 'buy_refund';
  const legs = [
    { account: `house:asset:${asset_id}`, amount: isBuy ? atMid : atMid.neg() },
    { account: 'house:spread', amount: isBuy ? exact.minus(atMid) : atMid.minus(exact) },
    { account: ROUNDING, amount: isBuy ? decimal(total_amount).minus(exact) : exact.minus(total_amount) },
    { account: FEE, amount: decimal(fees ?? '0') },
  ];
  return isRefundType(trade) ? legs.map(({ account, amount }) => ({ account, amount: amount.neg() })) : legs;
}

/** Returns whether an asset transaction is a refund, which reverses what the trade of its order moved. */
export function isRefundType({ transaction_type }: AssetTransaction): boolean {
  return transaction_type === 'buy_refund' || transaction_type === 'sell_refund';
}

/** Returns the legs of a ledger entry as one text, whatever their order. */
export function legsText(legs: readonly Leg[]): string {
  return textOf(legs.map(({ account, amount }) => ({ account, amount: decimal(amount) })));
}

/** Returns the legs that follow from a trade or settlement as one text. */
export function legsDueText(trade: AssetTransaction): string {
  return textOf(legsDue(trade));
}

function textOf(legs: readonly DueLeg[]): string {
  return legs
    .filter(({ amount }) => !amount.eq(ZERO))
    .map(({ account, amount }) => `${account}=${formatDecimal(amount)}`)
    .toSorted()
    .join(' ');
}

/** Returns whether an asset transaction has a ledger entry: a trade or settlement whose proceeds, less the fees, are not nothing. */
function movesCash(trade: AssetTransaction): boolean {
  const { transaction_type, total_amount, fees } = trade;
  if (movesWithoutCash(trade)) return false;
  return transaction_type === 'buy' || isRefundType(trade) || !decimal(total_amount).eq(fees ?? '0');
}

/** Returns whether legs of a ledger entry follow from a trade or settlement. They do not from those of earlier versions. */
export function impliesLegs({ attributes, entity }: StoredOf<'asset transaction'>): boolean {
  return 'counterpart' in attributes && movesCash(entity);
}

/** Compares the legs of a ledger entry with those of its trade or settlement. */
export function checkTradeLegs(
  trades: readonly StoredOf<'asset transaction'>[],
  payments: readonly StoredOf<'ledger entry'>[],
): Violation[] {
  const [trade] = trades;
  const [payment] = payments;
  if (!trade || !payment || !impliesLegs(trade)) return [];
  const due = legsDueText(trade.entity);
  const stated = legsText(payment.entity.legs);
  if (stated === due) return [];
  const text = `The other side is ${stated || 'missing'}, but ${due} follows from the trade.`;
  return [violation('trade-legs', [payment.key, trade.key], text)];
}

/**
 * Checks that the cash of all users and the accounts of the other side sum to zero, and that the fee account received the
 * fees of all trades, where no payment is left undivided.
 * @param accounts what each account received in all, in USD
 */
export function checkBooks(
  accounts: ReadonlyMap<string, Decimal>,
  { cash, fees }: { readonly cash: Decimal; readonly fees: Decimal },
): Violation[] {
  const found: Violation[] = [];
  const otherSide = [...accounts.values()].reduce((sum, amount) => sum.plus(amount), ZERO);
  if (!cash.plus(otherSide).eq(ZERO)) {
    const text = `Users have ${showUsd(cash)}, and the other side ${showUsd(otherSide)}.`;
    found.push(violation('two-sides', [], text));
  }
  const feeAccount = accounts.get(FEE) ?? ZERO;
  if (!accounts.has(SUSPENSE) && !feeAccount.eq(fees)) {
    const text = `The fees of trades are ${showUsd(fees)}, but the fee account received ${showUsd(feeAccount)}.`;
    found.push(violation('two-sides', [], text));
  }
  return found;
}

/** Adds the other side of an entry to the sums. Those of users are one sum, which takes no memory for each of them. */
export function addEntryToBooks(
  accounts: Map<string, Decimal>,
  { legs }: Pick<BalanceTransaction, 'legs'>,
): void {
  for (const { account, amount } of legs) {
    add(accounts, account.startsWith(USER_PREFIX) ? ALL_USERS : account, decimal(amount));
  }
}

/** Adds the other side of a trade that has no ledger entry to the sums: the house keeps what it brought. */
export function addTradeToBooks(accounts: Map<string, Decimal>, trade: AssetTransaction): void {
  if (movesCash(trade) || movesWithoutCash(trade)) return;
  for (const { account, amount } of legsDue(trade)) add(accounts, account, amount);
}

function add(accounts: Map<string, Decimal>, account: string, amount: Decimal): void {
  accounts.set(account, amount.plus(accounts.get(account) ?? ZERO));
}
