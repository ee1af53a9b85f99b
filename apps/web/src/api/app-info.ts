import { queryOptions, useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from './http/client.ts';

const answerSchema = z.object({
  data: z.object({ mode: z.string(), demo_accounts: z.boolean(), free_deposits: z.boolean() }),
});

/** Reads what kind of installation this is. Without an answer, no demo account is offered. */
export function appInfoQuery() {
  return queryOptions({
    queryKey: ['app-info'],
    queryFn: ({ signal }) => callApi({ path: '/app-info', schema: answerSchema, signal }),
    select: ({ data }) => data,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Returns whether users may credit themselves; `true` until the installation says otherwise. */
export function useFreeDeposits(): boolean {
  const { data } = useQuery(appInfoQuery());
  return data?.free_deposits ?? true;
}
