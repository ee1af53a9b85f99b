import type { OrderId, ProposalId } from '@cnop/common/core/brands';
import { orderDocumentSchema, orderRefundSchema } from '@cnop/common/entities/order/order-document';
import { refundProposalSchema } from '@cnop/common/entities/order/refund-proposal';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const REFRESH_MILLISECONDS = 10_000;

const orderAnswerSchema = z.object({ data: orderDocumentSchema });
const proposalAnswerSchema = z.object({ data: refundProposalSchema });
const changeSchema = z.object({ before: z.string(), after: z.string() }).nullable();
const previewAnswerSchema = z.object({
  data: z.object({
    would_be: z.enum(['refunded', 'refused']),
    refund: orderRefundSchema.pick({ quantity: true, total_amount: true, fees: true }).nullable(),
    cash: changeSchema,
    position: changeSchema,
    realized_pnl: z.string().nullable(),
    reasons: z.array(z.object({ code: z.string(), message: z.string() })),
  }),
});
export type RefundPreview = z.infer<typeof previewAnswerSchema>['data'];

/** The units to refund; all of the order without a quantity. */
export interface RefundShare {
  readonly quantity?: string;
}

function orderPath(orderId: OrderId): string {
  return `/admin/orders/${encodeURIComponent(orderId)}`;
}

/** Reads an order of any user, for staff. */
export function anyOrderQuery(orderId: OrderId) {
  return queryOptions({
    queryKey: ['admin', 'orders', orderId],
    queryFn: async ({ signal }) =>
      (await callApi({ path: orderPath(orderId), schema: orderAnswerSchema, signal })).data,
    retry: false,
  });
}

/** Lists the refunds that await an administrator, the oldest first. */
export function refundProposalsQuery() {
  return queryOptions({
    queryKey: ['admin', 'refunds'],
    queryFn: async ({ signal }) => {
      const schema = z.object({ data: z.array(refundProposalSchema) });
      return (await callApi({ path: '/admin/refunds', schema, signal })).data;
    },
    refetchInterval: REFRESH_MILLISECONDS,
  });
}

/** Reads what a refund would do now. */
export function refundPreviewQuery(orderId: OrderId, share: RefundShare) {
  return queryOptions({
    queryKey: ['admin', 'refund-preview', orderId, share],
    queryFn: async ({ signal }) => {
      const path = `${orderPath(orderId)}/refund/preview`;
      const request = { method: 'POST', path, body: share, schema: previewAnswerSchema, signal } as const;
      return (await callApi(request)).data;
    },
  });
}

/** Proposes a refund. The same proposal sent again is made once. */
export async function proposeRefund(orderId: OrderId, body: RefundShare & { readonly reason: string }) {
  const path = `${orderPath(orderId)}/refund`;
  return (await callApi({ method: 'POST', path, body, schema: proposalAnswerSchema })).data;
}

/**
 * Approves a proposal, which refunds the order.
 * @param idempotencyKey the same for every attempt
 */
export async function approveRefund(orderId: OrderId, proposalId: ProposalId, idempotencyKey: string) {
  return (
    await callApi({
      method: 'POST',
      path: `${orderPath(orderId)}/refund/approve`,
      body: { proposal_id: proposalId },
      schema: orderAnswerSchema,
      idempotencyKey,
    })
  ).data;
}

/** Rejects a proposal, or withdraws one's own. */
export async function rejectRefund(orderId: OrderId, proposalId: ProposalId) {
  const path = `${orderPath(orderId)}/refund/reject`;
  const body = { proposal_id: proposalId };
  return (await callApi({ method: 'POST', path, body, schema: proposalAnswerSchema })).data;
}
