import { ProblemError } from '@cnop/exception/problem-error';
import type { IsoTime, Usd, Username } from '../../core/brands.ts';
import type { Decimal } from '../../core/money.ts';
import { decimal, formatUsd, ZERO } from '../../core/money.ts';
import type { FundingDay, Payment, PaymentKind } from './payment.ts';
import type { UserTier } from './user.ts';

/** The most that a user of one tier may move, in USD. An absent member is no limit. */
export interface MoneyLimits {
  /** All deposits of a day (UTC). */
  readonly deposit?: Usd | undefined;
  /** All withdrawals of a day (UTC). */
  readonly withdrawal?: Usd | undefined;
  /** The value of one order, without its fee. */
  readonly order?: Usd | undefined;
}

/** The limits of each tier; a tier without limits is absent. */
export type TierLimits = Partial<Readonly<Record<UserTier, MoneyLimits>>>;

/** 422 BUS_004: a deposit or withdrawal would exceed the daily limit of the user's tier. */
class FundingLimitError extends ProblemError {
  constructor(kind: PaymentKind, { limit, used }: { readonly limit: Usd; readonly used: Usd }) {
    const verb = kind === 'deposit' ? 'deposit' : 'withdraw';
    const detail = `You can ${verb} at most ${limit} USD a day, and ${used} are used today (UTC).`;
    super('BUS_004', {
      detail,
      extensions: { limit, used },
      errors: [{ field: 'amount', pointer: '/amount', message: detail, code: 'above_limit' }],
    });
  }
}

/** 422 BUS_004: the value of an order exceeds the limit of the user's tier. */
class OrderValueLimitError extends ProblemError {
  constructor({ limit, value }: { readonly limit: Usd; readonly value: Usd }) {
    const detail = `An order may be worth at most ${limit} USD, and this one is worth ${value}.`;
    super('BUS_004', {
      detail,
      extensions: { limit, value },
      errors: [{ field: 'quantity', pointer: '/quantity', message: detail, code: 'above_limit' }],
    });
  }
}

/**
 * Checks the value of an order against the limit of its user's tier.
 * @param value USD, without the fee; of an open order at the price that triggers it
 * @throws OrderValueLimitError (422 BUS_004)
 */
export function assertOrderValue(value: Decimal, limit: Usd | undefined): void {
  if (limit !== undefined && value.gt(limit)) {
    throw new OrderValueLimitError({ limit, value: formatUsd(value) });
  }
}

/**
 * Returns what an account has moved on the day of a time. A later day, which an instance whose clock is ahead has begun,
 * goes on.
 */
export function fundingOnDay(last: FundingDay | undefined, username: Username, at: IsoTime): FundingDay {
  const day = at.slice(0, 'YYYY-MM-DD'.length);
  if (last && last.day >= day) return last;
  return { username, day, deposited: formatUsd(ZERO), withdrawn: formatUsd(ZERO) };
}

/**
 * Counts a deposit or withdrawal for the daily limits.
 * @throws FundingLimitError (422 BUS_004) when it exceeds the limit
 */
export function countFunding(
  day: FundingDay,
  { kind, amount }: Pick<Payment, 'kind' | 'amount'>,
  limits: MoneyLimits,
): FundingDay {
  const used = usedOf(day, kind);
  const sum = decimal(used).plus(amount);
  const limit = limits[kind];
  if (limit !== undefined && sum.gt(limit)) throw new FundingLimitError(kind, { limit, used });
  return withUsed(day, kind, sum);
}

/** Takes a payment that failed or was cancelled out of the count of its day. A later day never counted it. */
export function discountFunding(day: FundingDay, { kind, amount, counted_on }: Payment): FundingDay {
  return day.day === counted_on ? withUsed(day, kind, decimal(usedOf(day, kind)).minus(amount)) : day;
}

/** Returns what an account has deposited or withdrawn on a day, in USD. */
function usedOf({ deposited, withdrawn }: FundingDay, kind: PaymentKind): Usd {
  return kind === 'deposit' ? deposited : withdrawn;
}

function withUsed(day: FundingDay, kind: PaymentKind, used: Decimal): FundingDay {
  return { ...day, [kind === 'deposit' ? 'deposited' : 'withdrawn']: formatUsd(used) };
}
