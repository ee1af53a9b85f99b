import { assetIdParameterSchema, clientOrderIdSchema, idSchema } from '@cnop/common/entities/fields';
import {
  orderCreateSchema,
  orderResponseSchema,
  orderStatusSchema,
  orderTypeSchema,
} from '@cnop/common/entities/order/order';
import { identityOf } from '@cnop/common/http/authentication';
import { CSV_ANSWER, CSV_NOTE, csvQueryShape, sendCsv } from '@cnop/common/http/csv-download';
import { getAssetDao, getOrderDao } from '@cnop/common/http/dao-dependencies';
import { idempotencyKeyOf, markReplayed, requestHashOf } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf, queryListOf } from '@cnop/common/http/page-query';
import { endOfPeriodSchema, inOrder, startOfPeriodSchema } from '@cnop/common/http/period-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { getOrdering } from '../dependencies.ts';
import { cancelOrder } from '../use-cases/cancel-order.ts';
import { findOwnOrder } from '../use-cases/find-own-order.ts';
import type { OrderSelection } from '../use-cases/list-orders.ts';
import { exportOrders, listOrders } from '../use-cases/list-orders.ts';
import { placeOrder } from '../use-cases/place-order.ts';

const PLACE_ORDER_ROUTE = 'POST /orders';

const orderAnswerSchema = z.object({ data: orderResponseSchema });
const orderListAnswerSchema = z.object({
  data: z.array(orderResponseSchema),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});
const orderParamsSchema = z.strictObject({ id: idSchema.describe('The order_id.') });
/** The path says it all; clients send either nothing or an empty object. */
const noBodySchema = z.strictObject({}).nullish();
const orderFilterSchema = z.strictObject({
  asset_id: assetIdParameterSchema.optional().describe('Orders of this asset only.'),
  order_type: orderTypeSchema.optional().describe('Orders of this type only.'),
  side: z.enum(['buy', 'sell']).optional().describe('Orders that buy, or orders that sell.'),
  status: queryListOf(orderStatusSchema)
    .optional()
    .describe('Orders of any of these statuses; open orders are `queued`.'),
  client_order_id: clientOrderIdSchema
    .optional()
    .describe('The order of this name of yours; an empty list when there is none.'),
  start_date: startOfPeriodSchema.optional().describe('Accepted at or after this day or moment.'),
  end_date: endOfPeriodSchema.optional().describe('Accepted at or before this day or moment.'),
  updated_after: startOfPeriodSchema.optional().describe('Changed after this moment.'),
});

const docs = { tags: ['orders'], security: BEARER_SECURITY };

/** Placing, listing and reading orders. */
export function orderRoutes(app: ServiceApp): void {
  const orders = getOrderDao(app);

  app.post(
    '/orders',
    {
      config: { readsHeaders: ['Idempotency-Key'] },
      schema: {
        ...docs,
        summary: 'Place an order',
        description:
          'Market orders, and limit orders that the market already meets, are executed at once; any other order reserves ' +
          'what it needs and waits. An Idempotency-Key makes a retry safe for a day, a client_order_id for ever.',
        body: orderCreateSchema,
        response: {
          200: orderAnswerSchema.describe('The order that this client_order_id named before.'),
          201: orderAnswerSchema.describe('The order: completed, or queued.'),
        },
      },
    },
    async (request, reply) => {
      const { username, role } = identityOf(request);
      const key = idempotencyKeyOf(request);
      const { order, outcome } = await placeOrder(getOrdering(app), {
        username,
        role,
        request: request.body,
        requestHash: request.body.client_order_id ? requestHashOf(request.body) : '',
        intent: key && { username, route: PLACE_ORDER_ROUTE, ...key },
      });
      markReplayed(reply, outcome === 'replayed');
      // Nothing was created when the client asked again for the order of a name that it had used.
      return reply.code(outcome === 'known' ? 200 : 201).send({ data: order });
    },
  );

  app.get(
    '/orders/:id',
    {
      schema: {
        ...docs,
        summary: 'Read an order with its history',
        params: orderParamsSchema,
        response: { 200: orderAnswerSchema.describe('The order.') },
      },
    },
    async (request) => ({
      data: await findOwnOrder(orders, {
        username: identityOf(request).username,
        orderId: request.params.id,
      }),
    }),
  );
}

/** Listing orders, page by page and as a table. */
export function orderListRoutes(app: ServiceApp): void {
  const deps = { orders: getOrderDao(app), assets: getAssetDao(app) };

  app.get(
    '/orders',
    {
      schema: {
        ...docs,
        summary: 'List own orders, newest first',
        description:
          'Filters are combined: an order is shown when it fits all of them. A page looks at 5,000 orders at most, so with ' +
          'a filter that few orders fit a page may be short, or empty, and `has_more` true: follow `next_cursor`.',
        querystring: inOrder(pageQuerySchema.extend(orderFilterSchema.shape)),
        response: { 200: orderListAnswerSchema.describe('One page of orders.') },
      },
    },
    async (request) => {
      const filter = filterOf(request.query);
      const selection = { username: identityOf(request).username, ...filter };
      const page = await listOrders(deps, selection, pageRequestOf(request.query, filter));
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );

  app.get(
    '/orders/export',
    {
      schema: {
        ...docs,
        summary: 'Download own orders as a table, newest first',
        description: CSV_NOTE,
        querystring: inOrder(orderFilterSchema.extend(csvQueryShape)),
        response: { 200: CSV_ANSWER },
      },
    },
    async (request, reply) => {
      const selection = { username: identityOf(request).username, ...filterOf(request.query) };
      const table = await exportOrders(deps, selection);
      const at = getOrdering(app).clock.now();
      return sendCsv(reply, { table, name: 'cnop-orders', at, bom: request.query.bom });
    },
  );
}

function filterOf({
  asset_id,
  order_type,
  side,
  status: statuses,
  client_order_id,
  start_date: from,
  end_date: to,
  updated_after,
}: z.output<typeof orderFilterSchema>): Omit<OrderSelection, 'username'> {
  return { asset_id, order_type, side, statuses, client_order_id, from, to, updated_after };
}

/** Cancelling an order, by either of its two names. */
export function cancelRoutes(app: ServiceApp): void {
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
        description:
          'Ends an order that waits and gives back what it had reserved. One that is final is a conflict.',
        params: orderParamsSchema,
        body: noBodySchema,
        response: { 200: orderAnswerSchema.describe('The order, cancelled.') },
      },
      handler: async (request) => ({
        data: await cancelOrder(getOrdering(app), {
          username: identityOf(request).username,
          orderId: request.params.id,
        }),
      }),
    });
  }
}
