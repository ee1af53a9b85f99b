import {
  descriptionSchema,
  paymentIdSchema,
  usernameParameterSchema,
  usernameSchema,
} from '@cnop/common/entities/fields';
import { paymentSchema, paymentWaitSchema } from '@cnop/common/entities/user/payment';
import { userSchema, userTierSchema } from '@cnop/common/entities/user/user';
import { identityOf, originOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { NotFoundError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { noBodySchema } from './routes.ts';
import { reviewWithdrawal } from './use-cases/change-payment.ts';
import { changeTier } from './use-cases/change-tier.ts';
import { listWaitingPayments } from './use-cases/read-payments.ts';

/** A reason that fits into the history of a payment behind its first word. */
const MAX_REASON_LENGTH = 400;
const reasonSchema = descriptionSchema.max(MAX_REASON_LENGTH).trim().min(1);

const queueQuerySchema = pageQuerySchema.extend({
  waits_for: paymentWaitSchema.default('review').describe('Whom the payments wait for.'),
});
const queueResponseSchema = z.object({
  data: z.array(paymentSchema),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});
const paymentResponseSchema = z.object({ data: paymentSchema });
const paramsSchema = z.strictObject({ username: usernameParameterSchema, id: paymentIdSchema });

const docs = { tags: ['administration'], security: BEARER_SECURITY };
const forReaders = { access: ['admin', 'moderator'] } as const;
const forAdmins = { access: ['admin'] } as const;

/** Adds the routes with which staff review withdrawals and set the tiers of users. */
export function staffFundingRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/admin/funding/payments',
    {
      config: forReaders,
      schema: {
        ...docs,
        summary: 'List the payments that wait for staff or for the provider, the longest waiting first',
        querystring: queueQuerySchema,
        response: { 200: queueResponseSchema },
      },
    },
    async (request) => {
      const { waits_for: waitsFor } = request.query;
      const filter = { list: 'waiting payments', waitsFor };
      const page = await listWaitingPayments(deps, {
        waitsFor,
        request: pageRequestOf(request.query, filter),
      });
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );

  reviewRoutes(app, deps);
  tierRoute(app, deps);
}

function reviewRoutes(app: ServiceApp, deps: UserDependencies): void {
  const response = { 200: paymentResponseSchema };
  const description = 'Not your own one. 409 when it does not await a review any more.';
  const reviewDocs = { ...docs, description, params: paramsSchema, response };
  app.post(
    '/admin/funding/payments/:username/:id/approve',
    {
      config: forAdmins,
      schema: {
        ...reviewDocs,
        summary: 'Approve a withdrawal that awaits review, which then goes on',
        body: noBodySchema,
      },
    },
    async (request) => {
      const { username, id: payment_id } = request.params;
      const by = { actor: identityOf(request).username, origin: originOf(request) };
      const command = { username, payment_id, decision: 'approved', reason: null, ...by } as const;
      return { data: await reviewWithdrawal(deps, command) };
    },
  );

  app.post(
    '/admin/funding/payments/:username/:id/reject',
    {
      config: forAdmins,
      schema: {
        ...reviewDocs,
        summary: 'Reject a withdrawal that awaits review, which releases its cash',
        body: z.strictObject({ reason: reasonSchema.describe('The user sees it.') }),
      },
    },
    async (request) => {
      const { username, id: payment_id } = request.params;
      const by = { actor: identityOf(request).username, origin: originOf(request) };
      const command = { username, payment_id, decision: 'rejected', ...request.body, ...by } as const;
      return { data: await reviewWithdrawal(deps, command) };
    },
  );
}

function tierRoute(app: ServiceApp, deps: UserDependencies): void {
  app.put(
    '/admin/users/:username/tier',
    {
      config: forAdmins,
      schema: {
        ...docs,
        summary: 'Set the tier of a user, which their limits depend on',
        params: z.strictObject({ username: usernameParameterSchema }),
        body: z.strictObject({ tier: userTierSchema, reason: reasonSchema }),
        response: { 200: z.object({ data: userSchema.pick({ username: true, tier: true }) }) },
      },
    },
    async (request) => {
      const { username } = request.params;
      if (!usernameSchema.safeParse(username).success) throw new NotFoundError('The user');
      const actor = identityOf(request).username;
      return {
        data: await changeTier(deps, { username, ...request.body, actor, origin: originOf(request) }),
      };
    },
  );
}
