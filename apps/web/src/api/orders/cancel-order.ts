import { orderSchema } from '@cnop/common/entities/order/order';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const answerSchema = z.object({ data: orderSchema });

export async function cancelOrder(orderId: string) {
  const path = `/orders/${encodeURIComponent(orderId)}/cancel`;
  const { data } = await callApi({ method: 'POST', path, schema: answerSchema });
  return data;
}
