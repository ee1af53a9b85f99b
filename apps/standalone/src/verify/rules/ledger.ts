import type { Decimal } from '@cnop/common/core/money';
import { decimal, ZERO } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type {
  BalanceTransaction,
  Direction,
  TransactionType,
} from '@cnop/common/entities/user/balance-transaction';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** What a user's ledger comes to, up to some entry. */
export interface Ledger {
  /** Number of the last entry. */
  readonly sequence: number;
  /** Where the last entry left the balance. */
  readonly balance: string;
  readonly sums: Partial<Readonly<Record<Movement, Decimal>>>;
}

export type Movement = `${TransactionType}:${Direction}`;

export const EMPTY_LEDGER: Ledger = { sequence: 0, balance: '0', sums: {} };

/** Types that only ever bring cash, or only ever take it. The others do either. */
const DIRECTION_OF: Partial<Readonly<Record<TransactionType, Direction>>> = {
  deposit: 'credit',
  withdraw: 'debit',
  order_refund: 'credit',
  settlement: 'credit',
};
const SEQUENCE_OF_ID = /^(\d{12})-./;

/** Follows a ledger by one entry, in the order of the entries' ids. */
export function followLedger(
  ledger: Ledger,
  key: ItemKey,
  entry: BalanceTransaction,
): { readonly ledger: Ledger; readonly violations: Violation[] } {
  const movement: Movement = `${entry.transaction_type}:${entry.direction}`;
  const sum = decimal(entry.amount).plus(ledger.sums[movement] ?? ZERO);
  return {
    ledger: {
      sequence: entry.sequence,
      balance: entry.new_balance,
      sums: { ...ledger.sums, [movement]: sum },
    },
    violations: [...checkPlace(ledger, key, entry), ...checkEntry(key, entry)],
  };
}

/** Where the entry stands. Behind a gap there is nothing to connect to, so a gap is told once. */
function checkPlace(ledger: Ledger, key: ItemKey, entry: BalanceTransaction): Violation[] {
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

/** What the entry says by itself. */
function checkEntry(key: ItemKey, entry: BalanceTransaction): Violation[] {
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
