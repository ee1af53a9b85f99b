import { ForbiddenError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import type { AssetId, IsoTime, LedgerAccount, TransactionId, Usd, Username } from '../../core/brands.ts';
import { ledgerAccount } from '../../core/brands.ts';
import { ledgerEntryId } from '../../core/ids.ts';
import type { Decimal } from '../../core/money.ts';
import { decimal, formatDecimal, formatUsd, isStorable, ZERO } from '../../core/money.ts';
import type { Balance } from './balance.ts';
import type { BalanceTransaction, Direction, Leg, TransactionType } from './balance-transaction.ts';

/** 422 BUS_001: the available cash or units do not cover a debit or a hold. */
export class InsufficientBalanceError extends ProblemError {
  constructor(
    what: string,
    {
      available,
      required,
      field,
    }: { readonly available: string; readonly required: string; readonly field?: string },
  ) {
    const detail = `Not enough ${what}: ${required} required, ${available} available.`;
    super('BUS_001', {
      detail,
      extensions: { available, required },
      ...(field && { errors: [{ field, pointer: `/${field}`, message: detail, code: 'insufficient' }] }),
    });
  }
}

/** 422 BUS_002: a balance would exceed the largest amount that can be stored. */
export class BalanceLimitError extends ProblemError {
  constructor() {
    super('BUS_002', { detail: 'The balance would become larger than the platform can hold.' });
  }
}

/** Returns the balance of a new user: no cash, no holds, no ledger. */
export function emptyBalance(username: Username, at: IsoTime): Balance {
  const nothing = formatUsd(ZERO);
  return {
    username,
    current_balance: nothing,
    held_balance: nothing,
    total_deposits: nothing,
    total_withdrawals: nothing,
    total_orders: nothing,
    total_refunds: nothing,
    transaction_count: 0,
    event_seq: 0,
    open_order_count: 0,
    trading_block: null,
    sent_transfers: null,
    transfers_frozen: false,
    created_at: at,
    updated_at: at,
    last_transaction: null,
  };
}

/** Returns the available cash in USD: `current_balance - held_balance`. */
export function availableCash(balance: Pick<Balance, 'current_balance' | 'held_balance'>): Decimal {
  return decimal(balance.current_balance).minus(balance.held_balance);
}

/** Counts an order that becomes open (1) or ends (-1). Leaves an uncounted balance uncounted. */
export function countOpenOrder(balance: Balance, change: 1 | -1): Balance {
  const { open_order_count: count } = balance;
  return count === null ? balance : { ...balance, open_order_count: count + change };
}

/**
 * Checks that an account may trade.
 * @throws ForbiddenError (403) when its trading is blocked
 */
export function assertNotBlocked({ trading_block: block }: Balance): void {
  if (block !== null) throw new ForbiddenError(`This account is ${block} and cannot trade.`);
}

/**
 * The accounts of the other side. They have no stored balance, which every order would write; each movement stores what
 * they receive, and sums are taken over the movements.
 * @see docs/reference/two-sides.md
 */
export const LEDGER_ACCOUNTS = {
  /** Fees of trades. */
  fee: ledgerAccount('house:fee'),
  /** The difference between the price of a trade and the mid price of its quote. */
  spread: ledgerAccount('house:spread'),
  /** What rounding in favour of the house leaves. */
  rounding: ledgerAccount('house:rounding'),
  /** Corrections by staff. */
  adjustment: ledgerAccount('house:adjustment'),
  /** Order payments of earlier versions, which are not divided among the accounts above. */
  suspense: ledgerAccount('house:suspense'),
  /** Cash that comes from outside. */
  deposit: ledgerAccount('external:deposit'),
  /** Cash that leaves the platform. */
  withdrawal: ledgerAccount('external:withdrawal'),
  /** The settlement of positions in delisted assets. */
  settlement: ledgerAccount('external:settlement'),
  /** Units that are given. */
  airdrop: ledgerAccount('external:airdrop'),
  staking: ledgerAccount('external:staking'),
} as const;

/** Returns the account of the house's trades in an asset: its units, and the cash that it got for them. */
export function houseAsset(assetId: AssetId): LedgerAccount {
  return ledgerAccount(`house:asset:${assetId}`);
}

/** Returns the account of a user, the other side of a transfer. */
export function userAccount(username: Username): LedgerAccount {
  return ledgerAccount(`user:${username}`);
}

/** A leg before it is formatted. */
export interface LegAmount {
  readonly account: LedgerAccount;
  readonly amount: Decimal;
}

/**
 * Formats the legs of a movement without those of nothing.
 * @param moved what the user's own account receives; negative for what it gives
 * @throws RangeError when both sides together are not zero
 */
export function balancedLegs(moved: Decimal, legs: readonly LegAmount[]): Leg[] {
  let sum = moved;
  const formatted: Leg[] = [];
  for (const { account, amount } of legs) {
    if (amount.isZero()) continue;
    sum = sum.plus(amount);
    formatted.push({ account, amount: formatDecimal(amount) });
  }
  if (!sum.isZero()) throw new RangeError(`the legs of a movement of ${formatDecimal(moved)} do not balance`);
  return formatted;
}

/** A movement of cash to post to a ledger. */
export interface LedgerEntry {
  readonly type: TransactionType;
  readonly direction: Direction;
  /** USD, above zero, already rounded against the user. */
  readonly amount: Decimal;
  /** The other side: one account for all of it, or a leg for each part. */
  readonly counterpart: LedgerAccount | readonly LegAmount[];
  readonly description: string | null;
  readonly referenceId: string | null;
  readonly at: IsoTime;
  /** The unique part of the transaction's id. */
  readonly id: TransactionId;
}

/** The field of the balance that sums the entries of one kind. Proceeds of sales and adjustments have none. */
const TOTAL_OF: Partial<Record<`${TransactionType}:${Direction}`, keyof Balance & `total_${string}`>> = {
  'deposit:credit': 'total_deposits',
  'withdraw:debit': 'total_withdrawals',
  'order_payment:debit': 'total_orders',
  'order_refund:credit': 'total_refunds',
};

/** A balance after an entry, and the entry. */
export interface Posting {
  readonly balance: Balance;
  readonly transaction: BalanceTransaction;
}

/**
 * Posts a completed entry to a ledger. No other code changes the current balance.
 * @throws InsufficientBalanceError (422) when a debit exceeds the available cash
 * @throws BalanceLimitError (422) when a credit exceeds the largest balance
 * @throws RangeError when the amount is not above zero or has more than two fraction digits, or the sides do not balance
 */
export function postToLedger(balance: Balance, entry: LedgerEntry): Posting {
  const { amount, direction, counterpart, type, at } = entry;
  if (!amount.gt('0')) throw new RangeError('a ledger entry needs an amount above zero');
  const available = availableCash(balance);
  if (direction === 'debit' && amount.gt(available)) {
    throw new InsufficientBalanceError('cash', {
      available: formatUsd(available),
      required: formatUsd(amount),
    });
  }
  const previous = decimal(balance.current_balance);
  const moved = direction === 'debit' ? amount.neg() : amount;
  const current = previous.plus(moved);
  const legs =
    typeof counterpart === 'string' ? [{ account: counterpart, amount: moved.neg() }] : counterpart;
  if (!isStorable(current)) throw new BalanceLimitError();
  const newBalance = formatUsd(current);
  const sequence = balance.transaction_count + 1;
  const total = TOTAL_OF[`${type}:${direction}`];
  return {
    balance: {
      ...balance,
      ...(total && { [total]: formatUsd(decimal(balance[total]).plus(amount)) }),
      current_balance: newBalance,
      transaction_count: sequence,
      updated_at: at,
      last_transaction: at,
    },
    transaction: {
      transaction_id: ledgerEntryId(sequence, entry.id),
      username: balance.username,
      sequence,
      amount: formatUsd(amount),
      direction,
      legs: balancedLegs(moved, legs),
      previous_balance: balance.current_balance,
      new_balance: newBalance,
      transaction_type: type,
      status: 'completed',
      description: entry.description,
      reference_id: entry.referenceId,
      created_at: at,
      updated_at: at,
      completed_at: at,
    },
  };
}

/** A movement of cash that belongs to no order, so that it may be posted by itself. */
export interface CashMovement {
  readonly type: Extract<TransactionType, 'deposit' | 'withdraw' | 'system_adjustment'>;
  /** USD, above zero, at most two fraction digits; an adjustment may be negative. */
  readonly amount: Usd;
  readonly description: string | null;
  readonly at: IsoTime;
  /** The unique part of the transaction's id. */
  readonly id: TransactionId;
}

const COUNTERPARTS = {
  deposit: LEDGER_ACCOUNTS.deposit,
  withdraw: LEDGER_ACCOUNTS.withdrawal,
  system_adjustment: LEDGER_ACCOUNTS.adjustment,
  settlement: LEDGER_ACCOUNTS.settlement,
} as const satisfies Partial<Record<TransactionType, LedgerAccount>>;

/** Returns the other side of an entry of an earlier version, which stored none. That of an order payment is not divided. */
export function earlierLegs({
  transaction_type: type,
  direction,
  amount,
}: Pick<BalanceTransaction, 'transaction_type' | 'direction' | 'amount'>): Leg[] {
  const counterparts: Partial<Record<TransactionType, LedgerAccount>> = COUNTERPARTS;
  const account = counterparts[type] ?? LEDGER_ACCOUNTS.suspense;
  const value = decimal(amount);
  return [{ account, amount: formatDecimal(direction === 'debit' ? value : value.neg()) }];
}

/**
 * Posts a movement of cash: a deposit is a credit, a withdrawal a debit, and the sign of an adjustment decides.
 * @throws InsufficientBalanceError (422) when a debit exceeds the available cash: cash held for open orders stays
 * @throws BalanceLimitError (422) when a credit exceeds the largest balance
 * @throws RangeError when the amount is zero, negative where it must not be, or has more than two fraction digits
 */
export function postMovement(balance: Balance, { type, amount, ...movement }: CashMovement): Posting {
  const value = decimal(amount);
  const isNegative = type === 'system_adjustment' && value.lt('0');
  return postToLedger(balance, {
    ...movement,
    type,
    direction: type === 'withdraw' || isNegative ? 'debit' : 'credit',
    amount: isNegative ? value.abs() : value,
    counterpart: COUNTERPARTS[type],
    referenceId: null,
  });
}
