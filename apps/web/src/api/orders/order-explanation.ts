import { orderExplanationSchema } from '@cnop/common/entities/order/order-explanation';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { orderKeys } from './order-keys.ts';

/** Why an order is what it is. */
export function orderExplanationQuery(orderId: string) {
  return queryOptions({
    queryKey: orderKeys.explanation(orderId),
    queryFn: async ({ signal }) => {
      const path = `/orders/${encodeURIComponent(orderId)}/explain`;
      const { data } = await callApi({ path, schema: z.object({ data: orderExplanationSchema }), signal });
      return data;
    },
  });
}
