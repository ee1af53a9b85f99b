import type { PaymentId } from '@cnop/common/core/brands';
import { paymentReviewSchema, paymentSchema } from '@cnop/common/entities/user/payment';
import { userTierSchema } from '@cnop/common/entities/user/user';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi, FIRST_PAGE, pageSchema } from '../http/client.ts';

/** A deposit or withdrawal that a provider carries out, as its user sees it. */
const ownPaymentSchema = paymentSchema
  .pick({
    payment_id: true,
    kind: true,
    amount: true,
    status: true,
    description: true,
    created_at: true,
  })
  .extend({
    history: z.array(paymentSchema.shape.history.element),
    review: paymentReviewSchema.shape.status.nullable(),
  });
export type OwnPayment = z.output<typeof ownPaymentSchema>;

const usedLimitSchema = z.object({ limit: z.string().nullable(), used: z.string() });
const limitsSchema = z.object({
  tier: userTierSchema,
  daily_deposit: usedLimitSchema,
  daily_withdrawal: usedLimitSchema,
  max_order_value: z.string().nullable(),
});
export type FundingLimits = z.output<typeof limitsSchema>;

export const FUNDING_KEY = ['funding'] as const;
const PAGE_SIZE = '50';
const paymentsPageSchema = pageSchema(ownPaymentSchema);

/** Lists the payments of the signed-in user, newest first, one page at a time. */
export function paymentsQuery() {
  return infiniteQueryOptions({
    queryKey: [...FUNDING_KEY, 'payments'],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/funding/payments',
        query: { limit: PAGE_SIZE, cursor: pageParam },
        schema: paymentsPageSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

/** Reads the limits on the money of the signed-in user, and what is used of them today. */
export function fundingLimitsQuery() {
  return queryOptions({
    queryKey: [...FUNDING_KEY, 'limits'],
    queryFn: async ({ signal }) =>
      (await callApi({ path: '/funding/limits', schema: z.object({ data: limitsSchema }), signal })).data,
  });
}

/** Cancels a payment that is pending. */
export async function cancelPayment(paymentId: PaymentId): Promise<OwnPayment> {
  const path = `/funding/payments/${encodeURIComponent(paymentId)}/cancel`;
  return (await callApi({ method: 'POST', path, schema: z.object({ data: ownPaymentSchema }) })).data;
}
