import type { AssetId, ClientOrderId, IsoTime, OrderId } from '@cnop/common/core/brands';
import type { OrderType } from '@cnop/common/entities/order/order-document';
import { orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import { orderPreviewSchema } from '@cnop/common/entities/order/order-preview';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

/** The fields of an order to preview or to place. */
export interface OrderRequest {
  readonly asset_id: AssetId;
  readonly order_type: OrderType;
  readonly quantity: string;
  readonly price?: string;
  readonly stop_price?: string;
  readonly price_bound?: string;
  readonly trail_amount?: string;
  readonly trail_percent?: string;
  readonly expires_at?: IsoTime;
  readonly client_order_id?: ClientOrderId;
}

const previewAnswerSchema = z.object({ data: orderPreviewSchema });
/** A preview loses its use soon after it was read. */
const FORGET_AFTER_MILLISECONDS = 10_000;

/**
 * Previews an order without placing it.
 * @param name the typed input; the same for requests that differ only in the current price
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
    // A preview is valid only at the moment it was made.
    staleTime: 0,
    gcTime: FORGET_AFTER_MILLISECONDS,
    retry: false,
  });
}

const orderAnswerSchema = z.object({ data: orderDocumentSchema });

/**
 * Places an order.
 * @param request with a `client_order_id`, which makes the order unique however often it is sent
 */
export async function placeOrder(request: OrderRequest & { readonly client_order_id: ClientOrderId }) {
  const { data } = await callApi({
    method: 'POST',
    path: '/orders',
    body: request,
    schema: orderAnswerSchema,
    idempotencyKey: request.client_order_id,
  });
  return data;
}

export async function cancelOrder(orderId: OrderId) {
  const path = `/orders/${encodeURIComponent(orderId)}/cancel`;
  const { data } = await callApi({ method: 'POST', path, schema: orderAnswerSchema });
  return data;
}
