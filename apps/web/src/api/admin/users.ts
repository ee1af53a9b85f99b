import { userSchema } from '@cnop/common/entities/user/user';
import { infiniteQueryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { callApi } from '../http/client.ts';
import { pageSchema } from '../page.ts';

export const managedUserSchema = userSchema.omit({ password_hash: true });
export type ManagedUser = z.output<typeof managedUserSchema>;

export const USERS_KEY = ['admin', 'users'] as const;
const answerSchema = pageSchema(managedUserSchema);
const PAGE = '50';

/** Users by name, a page at a time. @param beginning how the names begin */
export function usersQuery(beginning: string) {
  return infiniteQueryOptions({
    queryKey: [...USERS_KEY, 'list', beginning],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/admin/users',
        query: { limit: PAGE, cursor: pageParam, search: beginning === '' ? undefined : beginning },
        schema: answerSchema,
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}
