import type { AssetId, OrderId } from '@cnop/common/core/brands';
import { assetTransactionSchema } from '@cnop/common/entities/asset/asset-transaction';
import type { FinalStatus, OrderDocument, OrderType } from '@cnop/common/entities/order/order-document';
import { finalStatusSchema, orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import { orderExplanationSchema } from '@cnop/common/entities/order/order-explanation';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import type { Download } from '../http/client.ts';
import { callApi, downloadFile, FIRST_PAGE, pageSchema } from '../http/client.ts';

export const orderKeys = {
  all: ['orders'] as const,
  open: (assetId?: AssetId) => ['orders', 'open', assetId ?? 'all'] as const,
  list: (filter: unknown) => ['orders', 'list', filter] as const,
  one: (orderId: OrderId) => ['orders', 'one', orderId] as const,
  explanation: (orderId: OrderId) => ['orders', 'explanation', orderId] as const,
};

/** A page of orders. */
export const ordersPageSchema = pageSchema(orderDocumentSchema);
const HISTORY_PAGE = '50';
/** The largest page of the API. */
const OPEN_PAGE = '100';
/** Limits the list to 1,000 open orders, more than the default limit of a platform. */
const MAX_OPEN_PAGES = 10;

export interface OrderFilter {
  readonly asset?: AssetId | undefined;
  readonly type?: OrderType | undefined;
  readonly status?: FinalStatus | undefined;
}

/** Returns the query parameters of a filter, for the list and the export. */
function orderFilterQuery({ asset, type, status }: OrderFilter) {
  return { asset_id: asset, order_type: type, status: status ?? finalStatusSchema.options.join(',') };
}

/** Lists the orders of the user that are not open any more, newest first, one page at a time. */
export function orderHistoryQuery(filter: OrderFilter) {
  return infiniteQueryOptions({
    queryKey: orderKeys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/orders',
        query: { limit: HISTORY_PAGE, cursor: pageParam, ...orderFilterQuery(filter) },
        schema: ordersPageSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

/** Exports the orders of the user that are not open any more as CSV, newest first. */
export async function exportOrders(filter: OrderFilter): Promise<Download> {
  return downloadFile({
    path: '/orders/export',
    query: orderFilterQuery(filter),
    mediaType: 'text/csv',
    fallbackName: 'cnop-orders.csv',
  });
}

/** Reads all open orders, newest first. */
export function openOrdersQuery(asset?: AssetId) {
  return queryOptions({
    queryKey: orderKeys.open(asset),
    queryFn: ({ signal }) => readOpenOrders(asset, signal),
  });
}

async function readOpenOrders(asset: string | undefined, signal: AbortSignal): Promise<OrderDocument[]> {
  const orders: OrderDocument[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_OPEN_PAGES; pages += 1) {
    const query = { limit: OPEN_PAGE, cursor, asset_id: asset, status: 'queued' };
    const page = await callApi({ path: '/orders', query, schema: ordersPageSchema, signal });
    orders.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return orders;
}

export function orderQuery(orderId: OrderId) {
  return queryOptions({
    queryKey: orderKeys.one(orderId),
    queryFn: ({ signal }) => readOrder(orderId, signal),
  });
}

/** Reads one order, bypassing the cache. */
export async function readOrder(orderId: string, signal?: AbortSignal): Promise<OrderDocument> {
  const path = `/orders/${encodeURIComponent(orderId)}`;
  const { data } = await callApi({ path, schema: z.object({ data: orderDocumentSchema }), signal });
  return data;
}

/** Reads the explanation of an order: its timeline and its trigger. */
export function orderExplanationQuery(orderId: OrderId) {
  return queryOptions({
    queryKey: orderKeys.explanation(orderId),
    queryFn: async ({ signal }) => {
      const path = `/orders/${encodeURIComponent(orderId)}/explain`;
      const { data } = await callApi({ path, schema: z.object({ data: orderExplanationSchema }), signal });
      return data;
    },
  });
}

const tradeSchema = assetTransactionSchema.pick({
  transaction_id: true,
  transaction_type: true,
  quantity: true,
  price: true,
  total_amount: true,
  fees: true,
  order_id: true,
  timestamp: true,
});

const tradesPageSchema = pageSchema(tradeSchema);
const SHOWN_TRADES = '100';

/** Lists the trades of the user in one asset, newest first. Invalidated together with the orders. */
export function tradesQuery(assetId: AssetId) {
  return queryOptions({
    queryKey: [...orderKeys.all, 'trades', assetId],
    queryFn: ({ signal }) =>
      callApi({
        path: `/assets/${encodeURIComponent(assetId)}/transactions`,
        query: { limit: SHOWN_TRADES },
        schema: tradesPageSchema,
        signal,
      }),
    select: ({ data }) => data,
  });
}
