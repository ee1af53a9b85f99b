import { decimal } from '@cnop/common/core/money';
import type { Balance } from '@cnop/common/entities/user/balance';
import { postToLedger } from '@cnop/common/entities/user/balance-rules';

/** Cash that goes in or out on somebody's word. */
export interface CashMovement {
  /** USD, at most two fraction digits; an adjustment may be negative. */
  readonly amount: string;
  readonly description: string | null;
  readonly at: string;
  /** Makes the transaction's id unique. */
  readonly id: string;
}

/** The balance afterwards and the line of the ledger that explains it. */
export type Posting = ReturnType<typeof postToLedger>;

/** How one kind of movement changes a balance. */
export type CashRule = (balance: Balance, movement: CashMovement) => Posting;

/** Adds cash. */
export function deposit(balance: Balance, { amount, ...movement }: CashMovement): Posting {
  return postToLedger(balance, {
    ...movement,
    type: 'deposit',
    direction: 'credit',
    amount: decimal(amount),
    referenceId: null,
  });
}

/**
 * Takes cash out.
 * @throws InsufficientBalanceError when it is more than what is available: open orders keep what they hold
 */
export function withdraw(balance: Balance, { amount, ...movement }: CashMovement): Posting {
  return postToLedger(balance, {
    ...movement,
    type: 'withdraw',
    direction: 'debit',
    amount: decimal(amount),
    referenceId: null,
  });
}

/**
 * Corrects a balance by a signed amount.
 * @throws InsufficientBalanceError when it would take more than what is available
 */
export function adjust(balance: Balance, { amount, ...movement }: CashMovement): Posting {
  const value = decimal(amount);
  return postToLedger(balance, {
    ...movement,
    type: 'system_adjustment',
    direction: value.lt('0') ? 'debit' : 'credit',
    amount: value.abs(),
    referenceId: null,
  });
}
