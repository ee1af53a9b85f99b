import type { Username } from '@cnop/common/core/brands';
import {
  assetIdParameterSchema,
  clientOrderIdSchema,
  usernameParameterSchema,
} from '@cnop/common/entities/fields';
import {
  orderDocumentSchema,
  orderStatusSchema,
  orderTypeSchema,
} from '@cnop/common/entities/order/order-document';
import { identityOf } from '@cnop/common/http/authentication';
import { CSV_ANSWER, CSV_NOTE, csvQueryShape, sendCsv } from '@cnop/common/http/csv-download';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf, queryListOf } from '@cnop/common/http/page-query';
import { endOfPeriodSchema, inOrder, startOfPeriodSchema } from '@cnop/common/http/period-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { OrderDependencies } from '../use-cases/dependencies.ts';
import type { OrderSelection } from '../use-cases/list-orders.ts';
import { assertKnownUser, exportOrders, listOrders } from '../use-cases/list-orders.ts';

const orderListAnswerSchema = z.object({
  data: z.array(orderDocumentSchema),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});
const orderFilterSchema = z.strictObject({
  asset_id: assetIdParameterSchema.optional().describe('Orders of this asset only.'),
  order_type: orderTypeSchema.optional().describe('Orders of this type only.'),
  side: z.enum(['buy', 'sell']).optional().describe('Orders that buy, or orders that sell.'),
  status: queryListOf(orderStatusSchema)
    .optional()
    .describe('Orders of any of these statuses; open orders are `queued`.'),
  client_order_id: clientOrderIdSchema
    .optional()
    .describe('Your order with this client_order_id; an empty list when there is none.'),
  start_date: startOfPeriodSchema.optional().describe('Accepted at or after this day or time.'),
  end_date: endOfPeriodSchema.optional().describe('Accepted at or before this day or time.'),
  updated_after: startOfPeriodSchema.optional().describe('Changed after this day or time.'),
});

const orderListQuerySchema = inOrder(pageQuerySchema.extend(orderFilterSchema.shape));
const orderListReply = { 200: orderListAnswerSchema.describe('One page of orders.') };

const docs = { tags: ['orders'], security: BEARER_SECURITY };

/** Adds the routes that list a user's orders, for the user and for staff, and export them as CSV. */
export function orderListRoutes(app: ServiceApp, deps: OrderDependencies): void {
  app.get(
    '/orders',
    {
      schema: {
        ...docs,
        summary: 'List own orders, newest first',
        description:
          'Filters are combined: an order is listed when it matches all of them. A page reads at most 5,000 orders, so with ' +
          'a filter that few orders match a page may be short, or empty, and `has_more` true: follow `next_cursor`.',
        querystring: orderListQuerySchema,
        response: orderListReply,
      },
    },
    async (request) => orderPage(deps, identityOf(request).username, request.query),
  );

  app.get(
    '/admin/users/:username/orders',
    {
      config: { access: ['admin', 'moderator'] },
      schema: {
        ...docs,
        tags: ['administration'],
        summary: 'List the orders of a user, newest first',
        description: 'Takes the filters of `GET /orders`.',
        params: z.strictObject({ username: usernameParameterSchema }),
        querystring: orderListQuerySchema,
        response: orderListReply,
      },
    },
    async (request) => {
      const { username } = request.params;
      await assertKnownUser(deps, username);
      return orderPage(deps, username, request.query);
    },
  );

  app.get(
    '/orders/export',
    {
      schema: {
        ...docs,
        summary: 'Export own orders as CSV, newest first',
        description: CSV_NOTE,
        querystring: inOrder(orderFilterSchema.extend(csvQueryShape)),
        response: { 200: CSV_ANSWER },
      },
    },
    async (request, reply) => {
      const selection = { username: identityOf(request).username, ...filterOf(request.query) };
      const table = await exportOrders(deps, selection);
      const at = deps.clock.now();
      return sendCsv(reply, { table, name: 'cnop-orders', at, bom: request.query.bom });
    },
  );
}

async function orderPage(
  deps: OrderDependencies,
  username: Username,
  query: z.output<typeof orderListQuerySchema>,
): Promise<z.output<typeof orderListAnswerSchema>> {
  const selection = { username, ...filterOf(query) };
  const page = await listOrders(deps, selection, pageRequestOf(query, selection));
  return { data: [...page.items], ...pageMembers(page, selection) };
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
