import type { PaymentId, Usd, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import type { Payment, PaymentStatus, PaymentWait } from '@cnop/common/entities/user/payment';
import { fundingOnDay } from '@cnop/common/entities/user/tier-limits';
import type { UserTier } from '@cnop/common/entities/user/user';
import { NotFoundError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

type ReadPaymentsDeps = Pick<UserDependencies, 'payments'>;

/** Lists the payments of a user, newest first. */
export async function listPayments(
  { payments }: ReadPaymentsDeps,
  {
    username,
    status,
    request,
  }: {
    readonly username: Username;
    readonly status?: PaymentStatus | undefined;
    readonly request: PageRequest;
  },
): Promise<Page<Payment>> {
  return payments.getPayments(username, request, { status });
}

/**
 * Reads a payment of a user.
 * @throws NotFoundError (404)
 */
export async function readPayment(
  { payments }: ReadPaymentsDeps,
  username: Username,
  paymentId: PaymentId,
): Promise<Payment> {
  const payment = await payments.getPayment(username, paymentId);
  if (!payment) throw new NotFoundError('The payment');
  return payment;
}

/** Lists the payments of all users that wait for staff or for the provider, the longest waiting first. */
export async function listWaitingPayments(
  { payments }: ReadPaymentsDeps,
  { waitsFor, request }: { readonly waitsFor: PaymentWait; readonly request: PageRequest },
): Promise<Page<Payment>> {
  const { items, next } = await payments.getWaiting(waitsFor, request);
  return { items: await payments.getAll(items), next };
}

/** A limit on money and what is used of it today (UTC), in USD; null where there is no limit. */
interface UsedLimit {
  readonly limit: Usd | null;
  readonly used: Usd;
}

/** The limits of a user. */
export interface LimitsView {
  readonly tier: UserTier;
  readonly daily_deposit: UsedLimit;
  readonly daily_withdrawal: UsedLimit;
  /** USD, the largest value of an order; null without a limit. */
  readonly max_order_value: Usd | null;
}

/**
 * Reads the limits on the money of a user, and what is used of them today.
 * @throws NotFoundError (404) for an unknown user
 */
export async function readLimits(
  {
    users,
    payments,
    clock,
    tierLimits,
  }: Pick<UserDependencies, 'users' | 'payments' | 'clock' | 'tierLimits'>,
  username: Username,
): Promise<LimitsView> {
  const [user, day] = await Promise.all([
    users.getUserByUsername(username),
    payments.getFundingDay(username),
  ]);
  if (!user) throw new NotFoundError('The user');
  const { deposit, withdrawal, order } = tierLimits[user.tier] ?? {};
  const { deposited, withdrawn } = fundingOnDay(day, username, isoTime(clock.now()));
  return {
    tier: user.tier,
    daily_deposit: { limit: deposit ?? null, used: deposited },
    daily_withdrawal: { limit: withdrawal ?? null, used: withdrawn },
    max_order_value: order ?? null,
  };
}
