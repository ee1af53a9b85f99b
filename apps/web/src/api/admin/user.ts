import { nonNegativeDecimalSchema } from '@cnop/common/entities/fields';
import { balanceSchema } from '@cnop/common/entities/user/balance';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { managedUserSchema, USERS_KEY } from './users.ts';

const managedBalanceSchema = balanceSchema
  .pick({ current_balance: true, held_balance: true })
  .extend({ available_balance: nonNegativeDecimalSchema });
export type ManagedBalance = z.output<typeof managedBalanceSchema>;

const answerSchema = z.object({ data: managedUserSchema, balance: managedBalanceSchema });

/** Where the API has one user. */
export function userPath(username: string): string {
  return `/admin/users/${encodeURIComponent(username)}`;
}

export function userKey(username: string) {
  return [...USERS_KEY, 'one', username] as const;
}

/** One user with their cash. */
export function userQuery(username: string) {
  return queryOptions({
    queryKey: userKey(username),
    queryFn: ({ signal }) => callApi({ path: userPath(username), schema: answerSchema, signal }),
  });
}
