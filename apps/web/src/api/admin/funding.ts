import type { Payment } from '@cnop/common/entities/user/payment';
import { paymentSchema } from '@cnop/common/entities/user/payment';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi, FIRST_PAGE, pageSchema } from '../http/client.ts';

const REFRESH_MILLISECONDS = 10_000;
const PAGE_SIZE = '50';

const waitingPaymentSchema = paymentSchema.pick({
  payment_id: true,
  username: true,
  amount: true,
  description: true,
  created_at: true,
});
export type WaitingPayment = z.output<typeof waitingPaymentSchema>;
const pageOfPaymentsSchema = pageSchema(waitingPaymentSchema);
const answerSchema = z.object({ data: waitingPaymentSchema });

/** Lists the withdrawals that await an administrator, the longest waiting first, one page at a time. */
export function withdrawalReviewsQuery() {
  return infiniteQueryOptions({
    queryKey: ['admin', 'funding', 'reviews'],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/admin/funding/payments',
        query: { waits_for: 'review', limit: PAGE_SIZE, cursor: pageParam },
        schema: pageOfPaymentsSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: REFRESH_MILLISECONDS,
  });
}

type PaymentName = Pick<Payment, 'username' | 'payment_id'>;

function pathOf({ username, payment_id }: PaymentName, verb: 'approve' | 'reject'): string {
  return `/admin/funding/payments/${encodeURIComponent(username)}/${encodeURIComponent(payment_id)}/${verb}`;
}

/** Approves a withdrawal, which then goes on. */
export async function approveWithdrawal(payment: PaymentName): Promise<WaitingPayment> {
  return (await callApi({ method: 'POST', path: pathOf(payment, 'approve'), schema: answerSchema })).data;
}

/** Rejects a withdrawal, which releases its cash. The user sees the reason. */
export async function rejectWithdrawal(payment: PaymentName, reason: string): Promise<WaitingPayment> {
  const request = { method: 'POST', path: pathOf(payment, 'reject'), body: { reason } } as const;
  return (await callApi({ ...request, schema: answerSchema })).data;
}
