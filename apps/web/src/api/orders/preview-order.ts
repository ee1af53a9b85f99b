import { orderPreviewSchema } from '@cnop/common/entities/order/order-preview';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import type { OrderRequest } from './order-request.ts';

const answerSchema = z.object({ data: orderPreviewSchema });

/** What an order would do if it were placed now. */
export function previewQuery(request: OrderRequest | undefined) {
  return queryOptions({
    queryKey: ['order-preview', request],
    queryFn: async ({ signal }) => {
      const path = '/orders/preview';
      const { data } = await callApi({ method: 'POST', path, body: request, schema: answerSchema, signal });
      return data;
    },
    enabled: request !== undefined,
    // Nothing of it is promised a second later.
    staleTime: 0,
    gcTime: 10_000,
    retry: false,
  });
}
