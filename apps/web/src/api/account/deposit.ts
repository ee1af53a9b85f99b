import { z } from 'zod';
import { callApi } from '../http/client.ts';

/** The answer to every movement of cash. */
export const receiptSchema = z.object({ transaction_id: z.string(), new_balance: z.string() });

export interface Deposit {
  /** USD with at most two fraction digits. */
  readonly amount: string;
  readonly description?: string;
  readonly idempotencyKey: string;
}

export async function depositCash({ idempotencyKey, ...body }: Deposit) {
  return callApi({ method: 'POST', path: '/balance/deposit', body, schema: receiptSchema, idempotencyKey });
}
