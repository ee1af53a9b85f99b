import type { Order, OrderStatus, OrderType } from '@cnop/common/entities/order/order';
import { orderSchema } from '@cnop/common/entities/order/order';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { pageSchema } from '../page.ts';
import { orderKeys } from './order-keys.ts';

const answerSchema = pageSchema(orderSchema);
const HISTORY_PAGE = '50';
/** The API gives no more at once. */
const OPEN_PAGE = '100';
/** Open orders are shown as a whole up to here: 1,000 are beyond the limit of a platform as it is shipped. */
const MAX_OPEN_PAGES = 10;

export interface OrderFilter {
  readonly asset?: string | undefined;
  readonly type?: OrderType | undefined;
  readonly status?: OrderStatus | undefined;
}

/** Orders of the user, newest first, a page at a time. */
export function ordersQuery({ asset, type, status }: OrderFilter) {
  return infiniteQueryOptions({
    queryKey: orderKeys.list({ asset, type, status }),
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/orders',
        query: { limit: HISTORY_PAGE, cursor: pageParam, asset_id: asset, order_type: type, status },
        schema: answerSchema,
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

/** Open orders, newest first, all of them. */
export function openOrdersQuery(asset?: string) {
  return queryOptions({
    queryKey: orderKeys.open(asset),
    queryFn: ({ signal }) => readOpenOrders(asset, signal),
  });
}

async function readOpenOrders(asset: string | undefined, signal: AbortSignal): Promise<Order[]> {
  const orders: Order[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_OPEN_PAGES; pages += 1) {
    const query = { limit: OPEN_PAGE, cursor, asset_id: asset, status: 'queued' };
    const page = await callApi({ path: '/orders', query, schema: answerSchema, signal });
    orders.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  return orders;
}

export function orderQuery(orderId: string) {
  return queryOptions({
    queryKey: orderKeys.one(orderId),
    queryFn: ({ signal }) => readOrder(orderId, signal),
  });
}

/** Reads one order past every cache. */
export async function readOrder(orderId: string, signal?: AbortSignal): Promise<Order> {
  const path = `/orders/${encodeURIComponent(orderId)}`;
  const { data } = await callApi({ path, schema: z.object({ data: orderSchema }), signal });
  return data;
}
