import { orderSchema } from '@cnop/common/entities/order/order';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import type { OrderRequest } from './order-request.ts';

const answerSchema = z.object({ data: orderSchema });

/** @param request with a `client_order_id`, under which the order exists once however often it is sent */
export async function placeOrder(request: OrderRequest & { readonly client_order_id: string }) {
  const { data } = await callApi({
    method: 'POST',
    path: '/orders',
    body: request,
    schema: answerSchema,
    idempotencyKey: request.client_order_id,
  });
  return data;
}
