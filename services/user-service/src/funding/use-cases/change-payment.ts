import { withChanges } from '@cnop/common/auth/audit-event';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { IsoTime, Username } from '@cnop/common/core/brands';
import type { DueWork } from '@cnop/common/dao/schedule/due-work-dao';
import { dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import { markerOf, paymentOfWork } from '@cnop/common/dao/user/payment-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import { isSameKey } from '@cnop/common/database/validate-transaction';
import type { Payment } from '@cnop/common/entities/user/payment';
import { ForbiddenError, NotFoundError, StateConflictError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { PaymentChange } from '../domain/payment-steps.ts';
import { takeDueSteps, takeStep } from '../domain/payment-steps.ts';
import type { ChangePaymentDeps, PaymentName } from './commit-payment.ts';
import { changePayment } from './commit-payment.ts';

/**
 * Cancels a payment that is pending. The hold of a withdrawal is released.
 * @throws NotFoundError (404) for an unknown payment, and for one of another user
 * @throws StateConflictError (409) when the payment is no longer pending
 */
export async function cancelPayment(deps: ChangePaymentDeps, name: PaymentName): Promise<Payment> {
  return changePayment(deps, name, {
    decide(before, { ids, at }) {
      if (before.payment.status !== 'pending') throw notPending(before.payment);
      const step = { status: 'cancelled', at, reason: null } as const;
      return { change: ended(takeStep(before, step, ids)) };
    },
  });
}

function notPending({ kind, status }: Payment): StateConflictError {
  return new StateConflictError(`This ${kind} is ${status}: only a pending one can be cancelled.`);
}

/** Notes that a payment takes no further step by itself. */
function ended(change: PaymentChange): PaymentChange {
  return { ...change, payment: { ...change.payment, due_at: null } };
}

type AdvanceDeps = ChangePaymentDeps & Pick<UserDependencies, 'fundingProviders'>;

/** Takes the steps of a payment that are due. Does nothing when another process has taken them. */
export async function advancePayment(deps: AdvanceDeps, work: DueWork): Promise<void> {
  const key = dueWorkRecord.key(work);
  await changePayment(deps, paymentOfWork(work), {
    decide(before, { ids, at }) {
      const marker = markerOf(before.payment);
      if (!marker || !isSameKey(marker.key, key)) return undefined;
      return { change: takeDueSteps(before, deps.fundingProviders, { ids, at }) };
    },
  });
}

/** The decision of a member of staff about a withdrawal. */
export interface ReviewCommand extends PaymentName {
  readonly decision: 'approved' | 'rejected';
  readonly reason: string | null;
  readonly actor: Username;
  readonly origin: RequestOrigin;
}

type ReviewDeps = AdvanceDeps & Pick<UserDependencies, 'audit'>;

/**
 * Approves a withdrawal that awaits review, which then goes on, or rejects it, which releases its hold. The audit event is
 * part of the commit. The actor is read in it as well, since a token may be older than the loss of a role.
 * @throws NotFoundError (404) for an unknown payment
 * @throws ForbiddenError (403) for one's own withdrawal, and unless the actor is an active administrator
 * @throws StateConflictError (409) when the payment does not await a review, and when the account of an approved one is
 *   not active
 */
export async function reviewWithdrawal(deps: ReviewDeps, command: ReviewCommand): Promise<Payment> {
  const { username, payment_id, decision, reason, actor, origin } = command;
  if (username === actor) throw new ForbiddenError('You cannot review your own withdrawal.');
  const known = await deps.payments.getPayment(username, payment_id);
  if (!known) throw new NotFoundError('The payment');
  const event = deps.audit.eventOf({
    type: 'admin_action',
    username,
    actor,
    ...origin,
    detail: {
      action: `withdrawal ${decision}`,
      payment_id,
      amount: known.amount,
      ...(reason !== null && { reason }),
    },
  });
  const audited = withChanges(event, [{ field: 'review', before: 'awaiting', after: decision }]);
  return changePayment(deps, command, {
    reads: { actor: userRecord.key({ username: actor }) },
    decide(before, { items, ids, at }) {
      const reviewer = userRecord.readIfPresent(items['actor']);
      if (reviewer?.role !== 'admin' || reviewer.status !== 'active') throw new ForbiddenError();
      const reviewed = withReview(before, command, at);
      const taken =
        decision === 'approved'
          ? takeStep(reviewed, { status: 'pending', at, reason: 'Approved.' }, ids)
          : takeStep(reviewed, { status: 'failed', at, reason: `Rejected: ${reason ?? ''}` }, ids);
      const change = takeDueSteps(taken, deps.fundingProviders, { ids, at });
      return { change, writes: [deps.audit.writeFor(audited)] };
    },
  });
}

function withReview(
  before: PaymentChange,
  { decision, reason, actor }: ReviewCommand,
  at: IsoTime,
): PaymentChange {
  const { payment, balance } = before;
  if (payment.review?.status !== 'awaiting' || payment.status !== 'pending') {
    throw new StateConflictError('This payment does not await a review.');
  }
  if (decision === 'approved' && balance.trading_block !== null) {
    throw new StateConflictError(`The account is ${balance.trading_block}: reject the withdrawal instead.`);
  }
  const review = { status: decision, decided_by: actor, decided_at: at, reason };
  return { ...before, payment: { ...payment, review } };
}
