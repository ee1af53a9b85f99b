import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { userPath } from './user.ts';

const receiptSchema = z.object({ transaction_id: z.string(), new_balance: z.string() });

export interface Adjustment {
  /** USD with at most two fraction digits; negative to take away. */
  readonly amount: string;
  readonly description: string;
}

/** Corrects a balance. @param idempotencyKey the same for every attempt, so that it takes effect once */
export async function adjustBalance(username: string, body: Adjustment, idempotencyKey: string) {
  return callApi({
    method: 'POST',
    path: `${userPath(username)}/adjustments`,
    body,
    schema: receiptSchema,
    idempotencyKey,
  });
}
