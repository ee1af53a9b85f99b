import { callApi } from '../http/client.ts';
import type { Deposit } from './deposit.ts';
import { receiptSchema } from './deposit.ts';

export async function withdrawCash({ idempotencyKey, ...body }: Deposit) {
  return callApi({ method: 'POST', path: '/balance/withdraw', body, schema: receiptSchema, idempotencyKey });
}
