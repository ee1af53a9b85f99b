import type { AssetId, IsoTime } from '@cnop/common/core/brands';
import type { RecurringBuy } from '@cnop/common/entities/order/recurring-buy';
import { recurringBuySchema } from '@cnop/common/entities/order/recurring-buy';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { orderKeys } from '../orders/orders.ts';

const PATH = '/recurring-buys';
const answerSchema = z.object({ data: recurringBuySchema });

/** Read again with the orders, since each run places one. */
export const RECURRING_BUYS_KEY = [...orderKeys.all, 'recurring-buys'] as const;

/** Lists the recurring buys of the user, the oldest first. */
export function recurringBuysQuery() {
  return queryOptions({
    queryKey: RECURRING_BUYS_KEY,
    queryFn: ({ signal }) =>
      callApi({ path: PATH, schema: z.object({ data: z.array(recurringBuySchema) }), signal }),
    select: ({ data }) => data,
  });
}

/** A recurring buy as the user asks for it. */
export interface NewRecurringBuy extends Pick<RecurringBuy, 'every' | 'if_refused'> {
  readonly asset_id: AssetId;
  /** USD on each run. */
  readonly amount: string;
  /** Now, if absent. */
  readonly starts_at?: IsoTime;
}

/**
 * Creates a recurring buy.
 * @param idempotencyKey the same for every attempt, so that one is created
 */
export async function createRecurringBuy(
  body: NewRecurringBuy,
  idempotencyKey: string,
): Promise<RecurringBuy> {
  return (await callApi({ method: 'POST', path: PATH, body, schema: answerSchema, idempotencyKey })).data;
}

function pathOf({ recurring_buy_id }: Pick<RecurringBuy, 'recurring_buy_id'>): string {
  return `${PATH}/${encodeURIComponent(recurring_buy_id)}`;
}

/** Pauses a recurring buy, or resumes it. */
export async function switchRecurringBuy(
  buy: RecurringBuy,
  status: RecurringBuy['status'],
): Promise<RecurringBuy> {
  const request = { method: 'PATCH', path: pathOf(buy), body: { status } } as const;
  return (await callApi({ ...request, schema: answerSchema })).data;
}

/** Deletes a recurring buy. Its orders stay. */
export async function deleteRecurringBuy(buy: RecurringBuy): Promise<void> {
  await callApi({ method: 'DELETE', path: pathOf(buy), schema: z.unknown() });
}
