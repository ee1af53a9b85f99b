import { paymentIdSchema } from '@cnop/common/entities/fields';
import type { Payment } from '@cnop/common/entities/user/payment';
import { paymentReviewSchema, paymentSchema, paymentStatusSchema } from '@cnop/common/entities/user/payment';
import { userTierSchema } from '@cnop/common/entities/user/user';
import { identityOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { cancelPayment } from './use-cases/change-payment.ts';
import { listPayments, readLimits, readPayment } from './use-cases/read-payments.ts';
import { providerEventInputSchema, receiveProviderEvent } from './use-cases/receive-event.ts';

/** A payment as its user sees it: without who reviewed it, and without the events of the provider. */
const ownPaymentSchema = paymentSchema
  .omit({ review: true, provider_events: true, counted_on: true })
  .extend({ review: paymentReviewSchema.shape.status.nullable() });

const listQuerySchema = pageQuerySchema.extend({
  status: paymentStatusSchema.optional().describe('Only payments with this status.'),
});
const listResponseSchema = z.object({
  data: z.array(ownPaymentSchema),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});
const paymentResponseSchema = z.object({ data: ownPaymentSchema });

const usedLimitSchema = z.object({ limit: z.string().nullable(), used: z.string() });
const limitsSchema = z.object({
  tier: userTierSchema,
  daily_deposit: usedLimitSchema,
  daily_withdrawal: usedLimitSchema,
  max_order_value: z.string().nullable(),
});

const paramsSchema = z.strictObject({ id: paymentIdSchema });

/** The body of a command whose path says everything: none, or an empty object. */
export const noBodySchema = z.strictObject({}).nullable();

const docs = { tags: ['funding'], security: BEARER_SECURITY };

function toOwnPayment({ review, ...payment }: Payment): z.infer<typeof ownPaymentSchema> {
  return { ...payment, review: review?.status ?? null };
}

/** Adds the routes for the caller's payments and limits, and the one for the events of the provider. */
export function fundingRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/funding/payments',
    {
      schema: {
        ...docs,
        summary: 'List deposits and withdrawals under way and ended, newest first',
        querystring: listQuerySchema,
        response: { 200: listResponseSchema },
      },
    },
    async (request) => {
      const { status } = request.query;
      const filter = { list: 'payments', username: identityOf(request).username, status };
      const page = await listPayments(deps, { ...filter, request: pageRequestOf(request.query, filter) });
      return { data: page.items.map(toOwnPayment), ...pageMembers(page, filter) };
    },
  );

  app.get(
    '/funding/payments/:id',
    {
      schema: {
        ...docs,
        summary: 'Read a payment with its history',
        params: paramsSchema,
        response: { 200: paymentResponseSchema },
      },
    },
    async (request) => ({
      data: toOwnPayment(await readPayment(deps, identityOf(request).username, request.params.id)),
    }),
  );

  app.post(
    '/funding/payments/:id/cancel',
    {
      schema: {
        ...docs,
        summary: 'Cancel a payment that is pending',
        description: 'Releases the cash that a withdrawal holds. 409 when the payment is no longer pending.',
        params: paramsSchema,
        body: noBodySchema,
        response: { 200: paymentResponseSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      return { data: toOwnPayment(await cancelPayment(deps, { username, payment_id: request.params.id })) };
    },
  );

  app.get(
    '/funding/limits',
    {
      schema: {
        ...docs,
        summary: 'Read the limits on your money and what is used of them today (UTC)',
        response: { 200: z.object({ data: limitsSchema }) },
      },
    },
    async (request) => ({ data: await readLimits(deps, identityOf(request).username) }),
  );

  eventRoute(app, deps);
}

/** The bytes of an event: they are parsed when their signature is known to be valid. */
const signedEventSchema = z.unknown().meta(z.toJSONSchema(providerEventInputSchema, { io: 'input' }));

/** Adds the route for the events of the provider. Its body is kept as bytes, which the signature is about. */
function eventRoute(app: ServiceApp, deps: UserDependencies): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    scope.post(
      '/funding/events',
      {
        config: { access: 'public' },
        schema: {
          tags: ['funding'],
          summary: 'Receive an event of the payment provider',
          description: SIGNATURE_NOTE,
          body: signedEventSchema,
          response: {
            200: z.object({
              data: z.object({
                payment_id: z.string(),
                status: paymentStatusSchema,
                outcome: z.enum(['applied', 'late', 'repeated', 'contradicts']),
              }),
            }),
          },
        },
      },
      async (request) => {
        const received = await receiveProviderEvent(deps, signedBodyOf(request));
        if (received.outcome === 'contradicts')
          request.log.warn(received, 'an event contradicts its payment');
        return { data: received };
      },
    );
    done();
  });
}

/** The header with the time and the signature of an event. */
const SIGNATURE_HEADER = 'webhook-signature';
const SIGNATURE_NOTE =
  'Only the provider calls this. The header `Webhook-Signature: t={seconds},v1={hex}` has the time and the HMAC-SHA-256 of ' +
  '`{seconds}.{body}`; a time that is more than five minutes off is refused (401).';

function signedBodyOf({ body, headers }: FastifyRequest) {
  return { signature: headers[SIGNATURE_HEADER], body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) };
}
