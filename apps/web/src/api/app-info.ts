import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from './http/client.ts';

const appInfoSchema = z.object({ data: z.object({ mode: z.string() }) }).transform(({ data }) => data);

/** What kind of installation this is; a server that does not tell is treated as the real thing. */
export function appInfoQuery() {
  return queryOptions({
    queryKey: ['app-info'],
    queryFn: ({ signal }) => callApi({ path: '/app-info', schema: appInfoSchema, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
