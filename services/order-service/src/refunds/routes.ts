import {
  decimalInput,
  descriptionSchema,
  orderIdSchema,
  proposalIdSchema,
} from '@cnop/common/entities/fields';
import { orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import { refundProposalSchema } from '@cnop/common/entities/order/refund-proposal';
import { identityOf, originOf } from '@cnop/common/http/authentication';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { approveRefund, rejectRefund } from './use-cases/decide-refund.ts';
import type { RefundDeps, StaffCaller } from './use-cases/propose-refund.ts';
import {
  listRefundProposals,
  previewRefund,
  proposeRefund,
  readAnyOrder,
  refundPreviewSchema,
} from './use-cases/propose-refund.ts';

const paramsSchema = z.strictObject({ id: orderIdSchema.describe('The order_id.') });
const sharesSchema = z.strictObject({
  quantity: decimalInput()
    .brand<'Quantity'>()
    .exactOptional()
    .describe('Units to refund; without it all units of the order.'),
});
const proposalBodySchema = sharesSchema.extend({
  reason: descriptionSchema.trim().min(1).describe('The user sees it once the order is refunded.'),
});
const decisionSchema = z.strictObject({ proposal_id: proposalIdSchema });
const orderReplySchema = z.object({ data: orderDocumentSchema });
const proposalReplySchema = z.object({ data: refundProposalSchema });

const docs = { tags: ['refunds'], security: BEARER_SECURITY };
const STAFF = { access: ['admin', 'moderator'] } as const;
const ADMINS = { access: ['admin'] } as const;

/** Adds the routes with which staff refund filled orders. */
export function refundRoutes(app: ServiceApp, deps: RefundDeps): void {
  readingRoutes(app, deps);
  proposingRoutes(app, deps);
  decidingRoutes(app, deps);
}

function callerOf(request: Parameters<typeof identityOf>[0]): StaffCaller {
  const { username, role } = identityOf(request);
  return { username, role, origin: originOf(request) };
}

function readingRoutes(app: ServiceApp, deps: RefundDeps): void {
  app.get(
    '/admin/orders/:id',
    {
      config: STAFF,
      schema: {
        ...docs,
        summary: 'Read an order of any user',
        params: paramsSchema,
        response: { 200: orderReplySchema.describe('The order.') },
      },
    },
    async (request) => ({ data: await readAnyOrder(deps, request.params.id) }),
  );

  app.get(
    '/admin/refunds',
    {
      config: STAFF,
      schema: {
        ...docs,
        summary: 'List the refunds that await an administrator, the oldest first',
        response: {
          200: z.object({ data: z.array(refundProposalSchema) }).describe('The pending proposals.'),
        },
      },
    },
    async () => ({ data: await listRefundProposals(deps) }),
  );
}

function proposingRoutes(app: ServiceApp, deps: RefundDeps): void {
  app.post(
    '/admin/orders/:id/refund/preview',
    {
      config: STAFF,
      schema: {
        ...docs,
        summary: 'Preview the refund of an order without proposing it',
        params: paramsSchema,
        body: sharesSchema,
        response: {
          200: z.object({ data: refundPreviewSchema }).describe('What the refund would do now.'),
        },
      },
    },
    async (request) => {
      const { quantity } = request.body;
      const command = { caller: callerOf(request), orderId: request.params.id, quantity };
      return { data: await previewRefund(deps, command) };
    },
  );

  app.post(
    '/admin/orders/:id/refund',
    {
      config: STAFF,
      schema: {
        ...docs,
        summary: 'Propose the refund of a filled order to another administrator',
        description: 'Moves nothing. The same proposal sent again is returned and not made twice.',
        params: paramsSchema,
        body: proposalBodySchema,
        response: { 202: proposalReplySchema.describe('The proposal.') },
      },
    },
    async (request, reply) => {
      const { quantity, reason } = request.body;
      const command = { caller: callerOf(request), orderId: request.params.id, quantity, reason };
      return reply.code(202).send({ data: await proposeRefund(deps, command) });
    },
  );
}

function decidingRoutes(app: ServiceApp, deps: RefundDeps): void {
  app.post(
    '/admin/orders/:id/refund/approve',
    {
      config: { ...ADMINS, readsHeaders: ['Idempotency-Key'] },
      schema: {
        ...docs,
        summary: 'Approve a proposed refund, which moves the cash and the units',
        params: paramsSchema,
        body: decisionSchema,
        response: { 200: orderReplySchema.describe('The order with its refund.') },
      },
    },
    async (request, reply) => {
      const { proposal_id: proposalId } = request.body;
      const { id: orderId } = request.params;
      const caller = callerOf(request);
      const key = idempotencyKeyOf(request);
      const intent = key && {
        username: caller.username,
        route: 'refund',
        key: key.key,
        requestHash: `${orderId} ${key.requestHash}`,
      };
      const { result, isReplayed } = await approveRefund(deps, { caller, orderId, proposalId, intent });
      markReplayed(reply, isReplayed);
      return reply.send({ data: result });
    },
  );

  app.post(
    '/admin/orders/:id/refund/reject',
    {
      config: STAFF,
      schema: {
        ...docs,
        summary: 'Reject a proposed refund, or withdraw your own',
        params: paramsSchema,
        body: decisionSchema,
        response: { 200: proposalReplySchema.describe('The rejected proposal.') },
      },
    },
    async (request) => {
      const { proposal_id: proposalId } = request.body;
      const command = { caller: callerOf(request), orderId: request.params.id, proposalId };
      return { data: await rejectRefund(deps, command) };
    },
  );
}
