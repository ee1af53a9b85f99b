import { orderIdSchema } from '@cnop/common/entities/fields';
import { orderCreateSchema, orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import { orderExplanationSchema } from '@cnop/common/entities/order/order-explanation';
import { orderPreviewSchema } from '@cnop/common/entities/order/order-preview';
import { seenQuerySchema } from '@cnop/common/entities/user/live-event';
import { identityOf } from '@cnop/common/http/authentication';
import { idempotencyKeyOf, markReplayed, requestHashOf } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { cancelOrder } from '../use-cases/change-open-order.ts';
import type { OrderDependencies } from '../use-cases/dependencies.ts';
import { explainOrder } from '../use-cases/explain-order.ts';
import type { ReadOwnOrderDeps } from '../use-cases/list-orders.ts';
import { readOwnOrder } from '../use-cases/list-orders.ts';
import { placeOrder } from '../use-cases/place-order.ts';
import { previewOrder } from '../use-cases/preview-order.ts';

const PLACE_ORDER_ROUTE = 'POST /orders';

const orderAnswerSchema = z.object({ data: orderDocumentSchema });
const previewAnswerSchema = z.object({ data: orderPreviewSchema });
const explanationAnswerSchema = z.object({ data: orderExplanationSchema });
const orderParamsSchema = z.strictObject({ id: orderIdSchema.describe('The order_id.') });
/** Clients send either nothing or an empty object. */
const noBodySchema = z.strictObject({}).nullish();

const docs = { tags: ['orders'], security: BEARER_SECURITY };

/** Adds the routes that place and preview orders. */
export function placingRoutes(app: ServiceApp, deps: OrderDependencies): void {
  app.post(
    '/orders',
    {
      config: { readsHeaders: ['Idempotency-Key'] },
      schema: {
        ...docs,
        summary: 'Place an order',
        description:
          'Market orders, and limit orders whose limit is met, are filled at once; any other order holds what it needs and ' +
          'stays open. An Idempotency-Key makes a retry safe for a day, a client_order_id for ever.',
        body: orderCreateSchema,
        response: {
          200: orderAnswerSchema.describe('The order that was placed with this client_order_id before.'),
          201: orderAnswerSchema.describe('The order: completed, or queued.'),
        },
      },
    },
    async (request, reply) => {
      const { username, role } = identityOf(request);
      const key = idempotencyKeyOf(request);
      const { order, outcome } = await placeOrder(deps, {
        username,
        role,
        request: request.body,
        requestHash: request.body.client_order_id ? requestHashOf(request.body) : '',
        intent: key && { username, route: PLACE_ORDER_ROUTE, ...key },
      });
      markReplayed(reply, outcome === 'replayed');
      // A client_order_id that was used before returns its order: nothing was created.
      return reply.code(outcome === 'known' ? 200 : 201).send({ data: order });
    },
  );

  app.post(
    '/orders/preview',
    {
      schema: {
        ...docs,
        summary: 'Preview an order without placing it',
        description:
          'Takes the body of POST /orders and returns its cost, its hold, the balances after it, and every reason why it ' +
          'would be refused. Nothing is written, and the next price may change the result.',
        body: orderCreateSchema,
        response: { 200: previewAnswerSchema.describe('The result that the order would have now.') },
      },
    },
    async (request) => {
      const { username, role } = identityOf(request);
      const requestHash = requestHashOf(request.body);
      const command = { username, role, request: request.body, requestHash };
      return { data: await previewOrder(deps, command) };
    },
  );
}

/** Adds the routes that read and explain one order. */
export function orderReadingRoutes(app: ServiceApp, deps: OrderDependencies & ReadOwnOrderDeps): void {
  app.get(
    '/orders/:id',
    {
      schema: {
        ...docs,
        summary: 'Read an order with its history',
        params: orderParamsSchema,
        querystring: seenQuerySchema,
        response: { 200: orderAnswerSchema.describe('The order.') },
      },
    },
    async (request) => ({
      data: await readOwnOrder(deps, {
        username: identityOf(request).username,
        orderId: request.params.id,
        seen: request.query.seen,
      }),
    }),
  );

  app.get(
    '/orders/:id/explain',
    {
      schema: {
        ...docs,
        summary: 'Explain what happened to an order and which price triggers it',
        description:
          'A timeline of acceptance, hold, trigger, execution, end and release. For an order that was not triggered, also ' +
          'how close the price came; for an open order, how far away it is.',
        params: orderParamsSchema,
        response: { 200: explanationAnswerSchema.describe('The explanation of the order.') },
      },
    },
    async (request) => ({
      data: await explainOrder(deps, {
        username: identityOf(request).username,
        orderId: request.params.id,
      }),
    }),
  );
}

/** Adds the two routes that cancel an order. */
export function cancelRoutes(app: ServiceApp, deps: OrderDependencies): void {
  for (const { method, url } of [
    { method: 'POST', url: '/orders/:id/cancel' },
    { method: 'DELETE', url: '/orders/:id' },
  ] as const) {
    app.route({
      method,
      url,
      schema: {
        ...docs,
        summary: 'Cancel an order',
        description: 'Cancels an open order and releases its hold. An order that is final is a conflict.',
        params: orderParamsSchema,
        body: noBodySchema,
        response: { 200: orderAnswerSchema.describe('The order, cancelled.') },
      },
      handler: async (request) => ({
        data: await cancelOrder(deps, {
          username: identityOf(request).username,
          orderId: request.params.id,
        }),
      }),
    });
  }
}
