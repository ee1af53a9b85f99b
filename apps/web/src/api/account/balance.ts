import { balanceSchema } from '@cnop/common/entities/user/balance';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const answerSchema = balanceSchema
  .pick({ current_balance: true, held_balance: true })
  .extend({ available_balance: z.string() });
export type CashBalance = z.output<typeof answerSchema>;

export const BALANCE_KEY = ['balance'] as const;

/** The cash of the signed-in user. */
export function balanceQuery() {
  return queryOptions({
    queryKey: BALANCE_KEY,
    queryFn: ({ signal }) => callApi({ path: '/balance', schema: answerSchema, signal }),
  });
}
