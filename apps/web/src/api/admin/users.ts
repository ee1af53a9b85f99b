import type { Username } from '@cnop/common/core/brands';
import { nonNegativeDecimalSchema } from '@cnop/common/entities/fields';
import { balanceSchema } from '@cnop/common/entities/user/balance';
import type { User } from '@cnop/common/entities/user/user';
import { userSchema } from '@cnop/common/entities/user/user';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { pageOfLedgerSchema } from '../account/cash.ts';
import { portfolioSchema } from '../account/portfolio.ts';
import { callApi, FIRST_PAGE, pageSchema } from '../http/client.ts';
import { ordersPageSchema } from '../orders/orders.ts';

const managedUserSchema = userSchema.omit({ password_hash: true });
export type ManagedUser = z.output<typeof managedUserSchema>;

export const USERS_KEY = ['admin', 'users'] as const;
const usersPageSchema = pageSchema(managedUserSchema);
const PAGE_SIZE = '50';

/** The beginning of usernames, or the e-mail address of one user. */
export type UserSearch = { readonly search: string } | { readonly email: string };

/** Lists users by name, one page at a time. */
export function usersQuery(search: UserSearch) {
  return infiniteQueryOptions({
    queryKey: [...USERS_KEY, 'list', search],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/admin/users',
        query: { limit: PAGE_SIZE, cursor: pageParam, ...search },
        schema: usersPageSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

const managedBalanceSchema = balanceSchema
  .pick({ current_balance: true, held_balance: true, transfers_frozen: true })
  .extend({ available_balance: nonNegativeDecimalSchema });
export type ManagedBalance = z.output<typeof managedBalanceSchema>;

const userAnswerSchema = z.object({ data: managedUserSchema, balance: managedBalanceSchema });

/** Returns the path of one user in the API. */
function userPath(username: string): string {
  return `/admin/users/${encodeURIComponent(username)}`;
}

export function userKey(username: string) {
  return [...USERS_KEY, 'one', username] as const;
}

/** Reads one user with their cash. */
export function userQuery(username: string) {
  return queryOptions({
    queryKey: userKey(username),
    queryFn: ({ signal }) => callApi({ path: userPath(username), schema: userAnswerSchema, signal }),
  });
}

/** Reads the cash and the positions of a user. */
export function userPortfolioQuery(username: Username) {
  return queryOptions({
    queryKey: [...userKey(username), 'portfolio'],
    queryFn: ({ signal }) =>
      callApi({ path: `${userPath(username)}/portfolio`, schema: portfolioSchema, signal }),
  });
}

/** Lists the orders of a user, newest first, one page at a time. */
export function userOrdersQuery(username: Username) {
  return infiniteQueryOptions({
    queryKey: [...userKey(username), 'orders'],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: `${userPath(username)}/orders`,
        query: { limit: PAGE_SIZE, cursor: pageParam },
        schema: ordersPageSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

/** Lists the ledger entries in USD of a user, newest first, one page at a time. */
export function userLedgerQuery(username: Username) {
  return infiniteQueryOptions({
    queryKey: [...userKey(username), 'ledger'],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: `${userPath(username)}/transactions`,
        query: { limit: PAGE_SIZE, cursor: pageParam },
        schema: pageOfLedgerSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}

const accessAnswerSchema = z.object({ data: managedUserSchema });

/** A change of role or status by an administrator. It ends the sessions of the user. */
export type AccessChange = Pick<User, 'role'> | Pick<User, 'status'>;

export async function changeAccess(username: Username, change: AccessChange) {
  const path = userPath(username);
  const { data } = await callApi({ method: 'PATCH', path, body: change, schema: accessAnswerSchema });
  return data;
}

const receiptSchema = z.object({ transaction_id: z.string(), new_balance: z.string() });

export interface Adjustment {
  /** USD with at most two fraction digits; negative to debit. */
  readonly amount: string;
  readonly description: string;
}

/**
 * Corrects a balance.
 * @param idempotencyKey the same for every attempt, so that the adjustment takes effect once
 */
export async function adjustBalance(username: Username, body: Adjustment, idempotencyKey: string) {
  return callApi({
    method: 'POST',
    path: `${userPath(username)}/adjustments`,
    body,
    schema: receiptSchema,
    idempotencyKey,
  });
}

export interface TransferFreeze {
  /** Whether to freeze the transfers or to allow them again. */
  readonly frozen: boolean;
  /** Goes to the audit log. */
  readonly reason: string;
}

const tierAnswerSchema = z.object({ data: userSchema.pick({ tier: true }) });

/** Sets the tier of a user. The reason goes to the audit log. */
export async function changeTier(username: Username, body: Pick<User, 'tier'> & { readonly reason: string }) {
  const path = `${userPath(username)}/tier`;
  return (await callApi({ method: 'PUT', path, body, schema: tierAnswerSchema })).data;
}

const freezeAnswerSchema = z.object({ data: z.object({ transfers_frozen: z.boolean() }) });

/** Freezes the transfers from and to an account, or allows them again. */
export async function freezeTransfers(username: Username, body: TransferFreeze) {
  const path = `${userPath(username)}/transfer-freeze`;
  const { data } = await callApi({ method: 'PUT', path, body, schema: freezeAnswerSchema });
  return data;
}
