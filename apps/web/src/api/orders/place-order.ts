import type { OrderType } from '@cnop/common/entities/order/order';
import { orderSchema } from '@cnop/common/entities/order/order';
import { orderPreviewSchema } from '@cnop/common/entities/order/order-preview';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

/** An order as it is sent, for a preview or for real. */
export interface OrderRequest {
  readonly asset_id: string;
  readonly order_type: OrderType;
  readonly quantity: string;
  readonly price?: string;
  readonly stop_price?: string;
  readonly price_bound?: string;
  readonly trail_amount?: string;
  readonly trail_percent?: string;
  readonly expires_at?: string;
  readonly client_order_id?: string;
}

const previewAnswerSchema = z.object({ data: orderPreviewSchema });
/** Nobody comes back to what an order would have done a while ago. */
const FORGET_AFTER_MILLISECONDS = 10_000;

/**
 * What an order would do if it were placed now.
 * @param name what was typed: the same for requests that differ only by the price of the moment
 */
export function previewQuery(name: string, request: OrderRequest | undefined) {
  return queryOptions({
    queryKey: ['order-preview', name],
    queryFn: async ({ signal }) => {
      const path = '/orders/preview';
      const { data } = await callApi({
        method: 'POST',
        path,
        body: request,
        schema: previewAnswerSchema,
        signal,
      });
      return data;
    },
    // Nothing of it is promised a second later.
    staleTime: 0,
    gcTime: FORGET_AFTER_MILLISECONDS,
    retry: false,
  });
}

const orderAnswerSchema = z.object({ data: orderSchema });

/** @param request with a `client_order_id`, under which the order exists once however often it is sent */
export async function placeOrder(request: OrderRequest & { readonly client_order_id: string }) {
  const { data } = await callApi({
    method: 'POST',
    path: '/orders',
    body: request,
    schema: orderAnswerSchema,
    idempotencyKey: request.client_order_id,
  });
  return data;
}

export async function cancelOrder(orderId: string) {
  const path = `/orders/${encodeURIComponent(orderId)}/cancel`;
  const { data } = await callApi({ method: 'POST', path, schema: orderAnswerSchema });
  return data;
}
