import type { Decimal } from '@cnop/common/core/money';
import { decimal, ZERO } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import type { Ledger, Movement } from './ledger.ts';
import { showUsd } from './show-usd.ts';

const TOTALS: readonly (readonly [keyof Balance & `total_${string}`, Movement])[] = [
  ['total_deposits', 'deposit:credit'],
  ['total_withdrawals', 'withdraw:debit'],
  ['total_orders', 'order_payment:debit'],
  ['total_refunds', 'order_refund:credit'],
];

/** A balance against the ledger that explains it. */
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

/** @param openOrders how many orders of the user are open */
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
 * What is held.
 * @param holds USD that the user's open orders hold
 */
export function checkHeld(key: ItemKey, balance: Balance, holds: Decimal): Violation[] {
  const { current_balance: current, held_balance: held } = balance;
  const found: Violation[] = [];
  if (decimal(held).gt(current)) {
    found.push(violation('balance-bounds', [key], `${held} is held of ${current}.`));
  }
  if (!holds.eq(held)) {
    found.push(violation('balance-held', [key], `${held} is held, but open orders hold ${showUsd(holds)}.`));
  }
  return found;
}
