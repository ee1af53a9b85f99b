import { decimal } from '@cnop/common/core/money';
import type { Balance } from '@cnop/common/entities/user/balance';
import { postToLedger } from '@cnop/common/entities/user/balance-rules';

/** A movement of cash outside of trading. */
export interface CashMovement {
  /** USD, at most two fraction digits; an adjustment may be negative. */
  readonly amount: string;
  readonly description: string | null;
  readonly at: string;
  /** Makes the transaction's id unique. */
  readonly id: string;
}

/** The balance after a movement and its ledger entry. */
export type Posting = ReturnType<typeof postToLedger>;

/** The pure rule of one kind of movement. */
export type CashRule = (balance: Balance, movement: CashMovement) => Posting;

/** Adds cash to a balance. */
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
 * Takes cash from a balance.
 * @throws InsufficientBalanceError (422) when the amount exceeds the available balance: cash held for open orders stays
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
 * @throws InsufficientBalanceError (422) when a negative amount exceeds the available balance
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
