import { z } from 'zod';
import {
  descriptionSchema,
  idSchema,
  paymentIdSchema,
  positiveUsdSchema,
  timestampSchema,
  transactionIdSchema,
  usdSchema,
  usernameSchema,
} from '../fields.ts';
import { transactionStatusSchema } from './balance-transaction.ts';

/** Who moves the money of payments outside of the platform. */
export const fundingProviderSchema = z.enum(['instant', 'simulated_bank', 'webhook']);
export type FundingProviderName = z.infer<typeof fundingProviderSchema>;

/** A deposit reaches the account from outside, a withdrawal leaves it. */
export const paymentKindSchema = z.enum(['deposit', 'withdrawal']);
export type PaymentKind = z.infer<typeof paymentKindSchema>;

/** The statuses of a payment. Cash moves only with `completed`. */
export const paymentStatusSchema = transactionStatusSchema;
export type PaymentStatus = z.infer<typeof paymentStatusSchema>;

/** A status that a payment had. */
export const paymentStepSchema = z.object({
  status: paymentStatusSchema,
  at: timestampSchema,
  /** Why the payment took the step, for its user; null when the status says all. */
  reason: descriptionSchema.nullable(),
});
export type PaymentStep = z.infer<typeof paymentStepSchema>;

/** The decision of staff about a large withdrawal. */
export const paymentReviewSchema = z.object({
  status: z.enum(['awaiting', 'approved', 'rejected']),
  /** The member of staff who decided; null until then. */
  decided_by: usernameSchema.nullable(),
  decided_at: timestampSchema.nullable(),
  reason: descriptionSchema.nullable(),
});

/** What became of an event of the provider: it changed the payment, came after a later one, or contradicts the end. */
export const eventOutcomeSchema = z.enum(['applied', 'late', 'contradicts']);
export type EventOutcome = z.infer<typeof eventOutcomeSchema>;

/** An event of the provider about a payment, by the provider's own id and time. */
const providerEventSchema = z.object({
  event_id: idSchema,
  status: paymentStatusSchema,
  occurred_at: timestampSchema,
  outcome: eventOutcomeSchema,
});

/** A deposit or withdrawal on its way through a provider. A withdrawal holds its cash until it ends. */
export const paymentSchema = z.object({
  payment_id: paymentIdSchema,
  username: usernameSchema,
  kind: paymentKindSchema,
  amount: positiveUsdSchema,
  currency: z.literal('USD').default('USD'),
  provider: fundingProviderSchema,
  status: paymentStatusSchema,
  description: descriptionSchema.nullable(),
  /** Null for a payment that needs no review. */
  review: paymentReviewSchema.nullable(),
  /** The ledger entry of a completed payment; null for any other. */
  transaction_id: transactionIdSchema.nullable(),
  /** The day (UTC) whose daily limit it counts for; null when no limits were set. */
  counted_on: z.iso.date().nullable(),
  /** When the payment takes its next step by itself; null while it waits for staff or the provider, and at its end. */
  due_at: timestampSchema.nullable(),
  history: z.array(paymentStepSchema).min(1),
  /** The events of the provider, each by its id once. */
  provider_events: z.array(providerEventSchema).default([]),
  created_at: timestampSchema,
  updated_at: timestampSchema,
});
export type Payment = z.infer<typeof paymentSchema>;

/** Whom an open payment waits for when it takes no step by itself. */
export const paymentWaitSchema = z.enum(['review', 'provider']);
export type PaymentWait = z.infer<typeof paymentWaitSchema>;

/** The cash that an account moved in and out on one day (UTC), which the daily limits of its tier apply to. */
export const fundingDaySchema = z.object({
  username: usernameSchema,
  day: z.iso.date(),
  deposited: usdSchema,
  withdrawn: usdSchema,
});
export type FundingDay = z.infer<typeof fundingDaySchema>;
