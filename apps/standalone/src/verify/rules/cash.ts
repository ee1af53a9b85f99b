import type { Username } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, ZERO } from '@cnop/common/core/money';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { Direction, TransactionType } from '@cnop/common/entities/user/balance-transaction';
import type { User } from '@cnop/common/entities/user/user';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { showUsd } from './order-basics.ts';
import type { LedgerLine, SentOnDay } from './transfers.ts';
import { countSent } from './transfers.ts';

/** The parts of one account that were found in its partition. */
export interface AccountParts {
  readonly username: Username;
  readonly hasUser: boolean;
  readonly hasBalance: boolean;
  /** The key of an item that needs an account, such as a position or a session. */
  readonly belonging: ItemKey | undefined;
}

/** Checks that an account with any item has a user and a balance. */
export function checkAccountParts({ username, hasUser, hasBalance, belonging }: AccountParts): Violation[] {
  if (!belonging) return [];
  return [
    ...(hasUser ? [] : [missing(userRecord.key({ username }), `There is no user for ${belonging.sk}.`)]),
    ...(hasBalance
      ? []
      : [missing(balanceRecord.key({ username }), `There is no balance for ${belonging.sk}.`)]),
  ];
}

/** Checks that trading is blocked exactly while the user is not active. A store of an earlier version has no block. */
export function checkTradingBlock(
  { status }: User,
  { key, entity, attributes }: StoredOf<'balance'>,
): Violation[] {
  if (!('trading_block' in attributes)) return [];
  const due = status === 'active' ? null : status;
  if (entity.trading_block === due) return [];
  const text = `The user is ${status}, but the block of trading is ${entity.trading_block ?? 'missing'}.`;
  return [violation('account-block', [key], text)];
}

function missing(key: ItemKey, text: string): Violation {
  return violation('account-parts', [key], text);
}

const TOTALS: readonly (readonly [keyof Balance & `total_${string}`, Movement])[] = [
  ['total_deposits', 'deposit:credit'],
  ['total_withdrawals', 'withdraw:debit'],
  ['total_orders', 'order_payment:debit'],
  ['total_refunds', 'order_refund:credit'],
];

/** Compares a balance with the end and the sums of its ledger. */
export function checkAgainstLedger(key: ItemKey, balance: Balance, ledger: Ledger): Violation[] {
  const found: Violation[] = [];
  if (balance.transaction_count !== ledger.sequence) {
    const text = `It counts ${balance.transaction_count} entries, but the last one is number ${ledger.sequence}.`;
    found.push(violation('balance-count', [key], text));
  }
  if (!decimal(balance.current_balance).eq(ledger.balance)) {
    const text = `It is ${balance.current_balance}, but the ledger ends at ${ledger.balance}.`;
    found.push(violation('balance-current', [key], text));
  }
  for (const [total, movement] of TOTALS) {
    const sum = ledger.sums[movement] ?? ZERO;
    if (sum.eq(balance[total])) continue;
    const text = `${total} is ${balance[total]}, but the entries sum up to ${showUsd(sum)}.`;
    found.push(violation('balance-totals', [key], text));
  }
  return found;
}

/**
 * Checks the count of open orders, if the balance has one.
 * @param openOrders number of open orders of the user
 */
export function checkOpenOrders(
  key: ItemKey,
  { open_order_count: counted }: Balance,
  openOrders: number,
): Violation[] {
  if (counted === null || counted === openOrders) return [];
  return [
    violation('balance-open-orders', [key], `It counts ${counted}, but ${openOrders} orders are open.`),
  ];
}

/**
 * Checks the held cash of a balance.
 * @param holds USD that the open orders and withdrawals of the user hold
 */
export function checkHeld(key: ItemKey, balance: Balance, holds: Decimal): Violation[] {
  const { current_balance: current, held_balance: held } = balance;
  const found: Violation[] = [];
  if (decimal(held).gt(current)) {
    found.push(violation('balance-bounds', [key], `${held} is held of ${current}.`));
  }
  if (!holds.eq(held)) {
    found.push(
      violation('balance-held', [key], `${held} is held, but orders and withdrawals hold ${showUsd(holds)}.`),
    );
  }
  return found;
}

/** The state of a user's ledger after some entry. */
export interface Ledger {
  /** The number of the last entry; 0 before the first. */
  readonly sequence: number;
  /** The balance after the last entry, in USD. */
  readonly balance: string;
  /** USD by movement. */
  readonly sums: Partial<Readonly<Record<Movement, Decimal>>>;
  /** The transfers sent on the last day with one. */
  readonly sent: SentOnDay | null;
}

/** The type and direction of a ledger entry. */
export type Movement = `${TransactionType}:${Direction}`;

export const EMPTY_LEDGER: Ledger = { sequence: 0, balance: '0', sums: {}, sent: null };

/** The direction of the types that have only one. */
const DIRECTION_OF: Partial<Readonly<Record<TransactionType, Direction>>> = {
  deposit: 'credit',
  withdraw: 'debit',
  settlement: 'credit',
};
const SEQUENCE_OF_ID = /^(\d{12})-./;

/** Checks the next entry of a ledger and returns the state after it. Entries come in the order of their ids. */
export function followLedger(
  ledger: Ledger,
  key: ItemKey,
  entry: LedgerLine,
): { readonly ledger: Ledger; readonly violations: Violation[] } {
  const movement: Movement = `${entry.transaction_type}:${entry.direction}`;
  const sum = decimal(entry.amount).plus(ledger.sums[movement] ?? ZERO);
  return {
    ledger: {
      sequence: entry.sequence,
      balance: entry.new_balance,
      sums: { ...ledger.sums, [movement]: sum },
      sent: countSent(ledger.sent, entry),
    },
    violations: [...checkSequence(ledger, key, entry), ...checkEntry(key, entry)],
  };
}

/** Checks the number and the previous balance. After a gap only the gap is reported. */
function checkSequence(ledger: Ledger, key: ItemKey, entry: LedgerLine): Violation[] {
  const expected = ledger.sequence + 1;
  if (entry.sequence !== expected) {
    return [violation('ledger-sequence', [key], `This is entry ${entry.sequence} where ${expected} is due.`)];
  }
  if (!decimal(entry.previous_balance).eq(ledger.balance)) {
    const text = `It begins at ${entry.previous_balance}, but the balance was ${ledger.balance} before.`;
    return [violation('ledger-chain', [key], text)];
  }
  return [];
}

/** Checks the rules that need no other entry. */
function checkEntry(key: ItemKey, entry: LedgerLine): Violation[] {
  const { amount, direction, previous_balance, new_balance, sequence, status, transaction_type } = entry;
  const found: Violation[] = [];
  const change = decimal(new_balance).minus(previous_balance);
  const signedAmount = direction === 'credit' ? decimal(amount) : decimal(amount).neg();
  if (!change.eq(signedAmount)) {
    const text = `A ${direction} of ${amount} does not lead from ${previous_balance} to ${new_balance}.`;
    found.push(violation('ledger-amount', [key], text));
  }
  if (Number(SEQUENCE_OF_ID.exec(entry.transaction_id)?.[1]) !== sequence) {
    found.push(violation('ledger-id', [key], `The id does not say that this is entry ${sequence}.`));
  }
  if ((DIRECTION_OF[transaction_type] ?? direction) !== direction) {
    found.push(violation('ledger-direction', [key], `A ${transaction_type} cannot be a ${direction}.`));
  }
  if (status !== 'completed' || entry.completed_at === null) {
    found.push(violation('ledger-status', [key], `Its status is ${status}.`));
  }
  return found;
}

/** Sums over all users, in USD. */
export interface CashFlows {
  /** The sum of all current balances. */
  readonly cash: Decimal;
  /** Sums of ledger entries. */
  readonly ledger: Partial<Readonly<Record<Movement, Decimal>>>;
  /** The totals of buys and sales in asset transactions, without fees and less refunds. */
  readonly bought: Decimal;
  readonly sold: Decimal;
  /** The fees in asset transactions, less refunds. */
  readonly fees: Decimal;
}

/**
 * Checks that the cash of all users is their deposits less withdrawals, the cost of their trades and fees. Trades are
 * summed over asset transactions, not over the ledger, so both records of a trade must agree.
 */
export function checkConservation({ cash, ledger, bought, sold, fees }: CashFlows): Violation[] {
  const sum = (movement: Movement): Decimal => ledger[movement] ?? ZERO;
  const due = sum('deposit:credit')
    .minus(sum('withdraw:debit'))
    .minus(bought)
    .plus(sold)
    .minus(fees)
    .plus(sum('system_adjustment:credit'))
    .minus(sum('system_adjustment:debit'))
    .plus(sum('conversion:credit'))
    .minus(sum('conversion:debit'))
    .plus(sum('transfer:credit'))
    .minus(sum('transfer:debit'));
  if (cash.eq(due)) return [];
  const text = `Balances sum up to ${showUsd(cash)}, but the movements to ${showUsd(due)}.`;
  return [violation('conservation', [], text)];
}
