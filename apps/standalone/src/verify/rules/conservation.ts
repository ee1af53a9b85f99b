import type { Decimal } from '@cnop/common/core/money';
import { ZERO } from '@cnop/common/core/money';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import type { Movement } from './ledger.ts';
import { showUsd } from './show-usd.ts';

/** USD over all users. */
export interface CashFlows {
  /** Sum of all current balances. */
  readonly cash: Decimal;
  /** Sums of ledger entries. */
  readonly ledger: Partial<Readonly<Record<Movement, Decimal>>>;
  /** What asset transactions say that buys cost and sales brought, without fees. */
  readonly bought: Decimal;
  readonly sold: Decimal;
  /** What they say that the house was paid in fees. */
  readonly fees: Decimal;
}

/**
 * The house keeps no cash of its own: what users have is what they brought, less what they took out, what
 * trades cost them and the fees on top. Trades are summed up on the side of the assets, so both sides of the house must agree.
 */
export function checkConservation({ cash, ledger, bought, sold, fees }: CashFlows): Violation[] {
  const sum = (movement: Movement): Decimal => ledger[movement] ?? ZERO;
  const due = sum('deposit:credit')
    .minus(sum('withdraw:debit'))
    .minus(bought)
    .plus(sold)
    .minus(fees)
    .plus(sum('order_refund:credit'))
    .plus(sum('system_adjustment:credit'))
    .minus(sum('system_adjustment:debit'))
    .plus(sum('transfer:credit'))
    .minus(sum('transfer:debit'));
  if (cash.eq(due)) return [];
  const text = `Balances sum up to ${showUsd(cash)}, but the movements to ${showUsd(due)}.`;
  return [violation('conservation', [], text)];
}
