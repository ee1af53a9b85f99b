import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, feeOf, isStorable, roundDown, roundUp } from '@cnop/common/core/money';
import type { Side } from '@cnop/common/trading/order-sides';
import { OrderRefusedError } from './order-errors.ts';

/** What a trade moves, in USD. */
export interface Settlement {
  /** Quantity times price, rounded against the user. */
  readonly total: Decimal;
  /** Rounded up. */
  readonly fees: Decimal;
  /** What leaves the account (total and fees) or reaches it (total less fees). */
  readonly cash: Decimal;
}

/**
 * A debit is rounded up to cents, a credit down and a fee up, so that nobody gains by splitting orders.
 * @param price USD per unit
 * @param maySettleToNothing whether less than a cent may be brought: only where a whole position is closed
 * @throws OrderRefusedError (422 BUS_002) when a sale would bring less than a cent, or more than can be stored
 */
export function settle(
  side: Side,
  {
    quantity,
    price,
    feeBps,
    maySettleToNothing = false,
  }: {
    readonly quantity: Decimal;
    readonly price: string;
    readonly feeBps: number;
    readonly maySettleToNothing?: boolean;
  },
): Settlement {
  const exact = quantity.times(price);
  const total = side === 'buy' ? roundUp(exact, CURRENCY_SCALE) : roundDown(exact, CURRENCY_SCALE);
  const fees = feeOf(total, feeBps);
  const cash = side === 'buy' ? total.plus(fees) : total.minus(fees);
  if (!cash.gt('0') && !maySettleToNothing)
    throw new OrderRefusedError('This sale would bring less than one cent.', 'quantity');
  if (!isStorable(total) || !isStorable(cash)) {
    throw new OrderRefusedError('The total is larger than the platform can hold.', 'quantity');
  }
  return { total, fees, cash };
}
