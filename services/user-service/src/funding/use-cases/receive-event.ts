import { defineCounter } from '@cnop/common/core/figures';
import { idSchema, paymentIdSchema, rfc3339InputSchema, usernameSchema } from '@cnop/common/entities/fields';
import type { EventOutcome, Payment } from '@cnop/common/entities/user/payment';
import { NotFoundError, StateConflictError, ValidationError } from '@cnop/exception/errors';
import { fieldErrorsOf } from '@cnop/exception/zod-issues';
import { z } from 'zod';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { PaymentChange } from '../domain/payment-steps.ts';
import { mayBecome, takeDueSteps, takeStep } from '../domain/payment-steps.ts';
import type { ChangePaymentDeps } from './commit-payment.ts';
import { changePayment } from './commit-payment.ts';
import type { SignedBody } from './webhook-signature.ts';
import { assertSigned } from './webhook-signature.ts';

const countEvents = defineCounter({
  name: 'cnop_provider_events_total',
  help: 'Events of the payment provider by outcome (applied, late, repeated, contradicts).',
  labelNames: ['outcome'],
});

/** More events than a provider has about one payment. */
const MAX_EVENTS = 50;
const MAX_REASON_LENGTH = 200;

/** An event of the provider about one payment. */
export const providerEventInputSchema = z.strictObject({
  event_id: idSchema.describe("The provider's own id: an event that is sent again takes effect once."),
  username: usernameSchema,
  payment_id: paymentIdSchema,
  status: z.enum(['processing', 'completed', 'failed']),
  occurred_at: rfc3339InputSchema,
  reason: z.string().max(MAX_REASON_LENGTH).nullable().default(null).describe('The user sees it.'),
});
type ProviderEvent = z.output<typeof providerEventInputSchema>;

/** What an event of the provider came to. */
export interface ReceivedEvent extends Pick<Payment, 'payment_id' | 'status'> {
  readonly outcome: EventOutcome | 'repeated';
}

type ReceiveDeps = ChangePaymentDeps & Pick<UserDependencies, 'funding' | 'fundingProviders'>;

/**
 * Receives a signed event of the provider. Events may be repeated and come in any order: one that says less than is known
 * changes nothing, and one that contradicts the end of a payment is recorded and left to staff.
 * @throws AuthenticationError (401) without a valid and recent signature
 * @throws ValidationError (422), NotFoundError (404) for an unknown payment
 * @throws StateConflictError (409) for a payment of another provider
 * @see docs/reference/funding.md
 */
export async function receiveProviderEvent(deps: ReceiveDeps, signed: SignedBody): Promise<ReceivedEvent> {
  assertSigned(signed, { secrets: deps.funding.webhookSecrets, now: deps.clock.now() });
  const event = parseEvent(signed.body);
  let outcome: ReceivedEvent['outcome'] = 'repeated';
  const payment = await changePayment(deps, event, {
    decide(before, { ids, at }) {
      assertMayReceive(before.payment);
      outcome = outcomeOf(before.payment, event);
      if (outcome === 'repeated') return undefined;
      const noted = withEvent(before, event, outcome);
      if (outcome !== 'applied') return { change: noted };
      const { status, reason } = event;
      const change = takeStep(noted, { status, at, reason }, ids);
      return { change: takeDueSteps(change, deps.fundingProviders, { ids, at }) };
    },
  });
  countEvents({ outcome });
  const { payment_id, status } = payment;
  return { payment_id, status, outcome };
}

/** @throws ValidationError (422) */
function parseEvent(body: Buffer): ProviderEvent {
  const parsed = providerEventInputSchema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  throw new ValidationError(fieldErrorsOf(parsed.error.issues, 'body'));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function assertMayReceive({ provider, provider_events }: Payment): void {
  if (provider !== 'webhook') throw new NotFoundError('The payment');
  if (provider_events.length >= MAX_EVENTS) {
    throw new StateConflictError(`This payment has had ${MAX_EVENTS} events already.`);
  }
}

function outcomeOf(payment: Payment, { event_id, status }: ProviderEvent): ReceivedEvent['outcome'] {
  if (payment.provider_events.some((known) => known.event_id === event_id)) return 'repeated';
  // The provider was never asked for a withdrawal that awaits its review.
  if (payment.review?.status === 'awaiting') return 'contradicts';
  if (mayBecome(payment, status)) return 'applied';
  return status === 'processing' || status === payment.status ? 'late' : 'contradicts';
}

function withEvent(
  before: PaymentChange,
  { event_id, status, occurred_at }: ProviderEvent,
  outcome: EventOutcome,
): PaymentChange {
  const { payment } = before;
  const provider_events = [...payment.provider_events, { event_id, status, occurred_at, outcome }];
  return { ...before, payment: { ...payment, provider_events } };
}
