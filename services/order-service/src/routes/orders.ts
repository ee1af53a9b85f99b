import { assetIdSchema, idSchema } from '@cnop/common/entities/fields';
import {
  orderCreateSchema,
  orderResponseSchema,
  orderStatusSchema,
  orderTypeSchema,
} from '@cnop/common/entities/order/order';
import { identityOf } from '@cnop/common/http/authentication';
import { getAssetDao, getOrderDao } from '@cnop/common/http/dao-dependencies';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { getClock, getIds, getStore } from '../dependencies.ts';
import { cancelOrder } from '../use-cases/cancel-order.ts';
import { findOwnOrder } from '../use-cases/find-own-order.ts';
import { placeMarketOrder } from '../use-cases/place-market-order.ts';
import { endOfPeriodSchema, startOfPeriodSchema } from './period-query.ts';

const PLACE_ORDER_ROUTE = 'POST /orders';

const orderAnswerSchema = z.object({ data: orderResponseSchema });
const orderListAnswerSchema = z.object({
  data: z.array(orderResponseSchema),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});
const orderParamsSchema = z.strictObject({ id: idSchema });
/** The path says it all; clients send either nothing or an empty object. */
const noBodySchema = z.strictObject({}).nullish();
const orderListQuerySchema = pageQuerySchema.extend({
  asset_id: assetIdSchema.optional(),
  order_type: orderTypeSchema.optional(),
  status: orderStatusSchema.optional(),
  start_date: startOfPeriodSchema.optional(),
  end_date: endOfPeriodSchema.optional(),
});

const docs = { tags: ['orders'], security: BEARER_SECURITY };

/** Placing, listing and reading orders. */
export function orderRoutes(app: ServiceApp): void {
  app.post(
    '/orders',
    {
      schema: {
        ...docs,
        summary: 'Place an order',
        body: orderCreateSchema,
        response: { 201: orderAnswerSchema },
      },
    },
    async (request, reply) => {
      const { username } = identityOf(request);
      const key = idempotencyKeyOf(request);
      const placed = await placeMarketOrder(
        { store: getStore(app), assets: getAssetDao(app), clock: getClock(app), ids: getIds(app) },
        { username, request: request.body, intent: key && { username, route: PLACE_ORDER_ROUTE, ...key } },
      );
      markReplayed(reply, placed.isReplayed);
      return reply.code(201).send({ data: placed.result });
    },
  );

  app.get(
    '/orders',
    {
      schema: {
        ...docs,
        summary: 'List own orders, newest first',
        querystring: orderListQuerySchema,
        response: { 200: orderListAnswerSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const { asset_id, order_type, status, start_date: from, end_date: to } = request.query;
      const filter = { asset_id, order_type, status, from, to };
      const page = await getOrderDao(app).getOrdersByUser(
        username,
        pageRequestOf(request.query, filter),
        filter,
      );
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );

  app.get(
    '/orders/:id',
    {
      schema: {
        ...docs,
        summary: 'Read an order with its history',
        params: orderParamsSchema,
        response: { 200: orderAnswerSchema },
      },
    },
    async (request) => ({
      data: await findOwnOrder(getOrderDao(app), {
        username: identityOf(request).username,
        orderId: request.params.id,
      }),
    }),
  );
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
        params: orderParamsSchema,
        body: noBodySchema,
        response: { 200: orderAnswerSchema },
      },
      handler: async (request) => ({
        data: await cancelOrder(
          { orders: getOrderDao(app), clock: getClock(app) },
          { username: identityOf(request).username, orderId: request.params.id },
        ),
      }),
    });
  }
}
