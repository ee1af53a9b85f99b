import { orderPreviewSchema } from '@cnop/common/entities/order/order-preview';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import type { OrderRequest } from './order-request.ts';

const answerSchema = z.object({ data: orderPreviewSchema });
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
      const { data } = await callApi({ method: 'POST', path, body: request, schema: answerSchema, signal });
      return data;
    },
    // Nothing of it is promised a second later.
    staleTime: 0,
    gcTime: FORGET_AFTER_MILLISECONDS,
    retry: false,
  });
}
