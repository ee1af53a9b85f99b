import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { TRANSFERS_KEY } from './cash.ts';

const usageSchema = <Limit extends z.ZodType>(limit: Limit) =>
  z.object({ limit: limit.nullable(), used: limit });
const allowanceSchema = z.object({
  day: z.string(),
  amount: usageSchema(z.string()),
  count: usageSchema(z.int()),
  frozen: z.boolean(),
});
export type TransferAllowance = z.output<typeof allowanceSchema>;

/** Reads the daily limits of the signed-in user, and what is used of them. */
export function transferAllowanceQuery() {
  return queryOptions({
    queryKey: [...TRANSFERS_KEY, 'limits'],
    queryFn: ({ signal }) =>
      callApi({ path: '/transfers/limits', schema: z.object({ data: allowanceSchema }), signal }),
    select: ({ data }) => data,
  });
}

export interface TransferRequest {
  /** The username of the recipient. */
  readonly to: string;
  /** USD with at most two fraction digits. */
  readonly amount: string;
  /** Both users see it. */
  readonly description?: string;
}

const cashSchema = z.object({ current: z.string(), held: z.string(), available: z.string() });
const previewSchema = z.object({
  would_be: z.enum(['completed', 'refused']),
  balance: z.object({ before: cashSchema, after: cashSchema.nullable() }),
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type TransferPreview = z.output<typeof previewSchema>;

/** Predicts a transfer, with every reason for which it would be refused. */
export function transferPreviewQuery({ to, amount }: Pick<TransferRequest, 'to' | 'amount'>) {
  const request = { to, amount };
  return queryOptions({
    queryKey: [...TRANSFERS_KEY, 'preview', request],
    queryFn: ({ signal }) =>
      callApi({
        method: 'POST',
        path: '/transfers/preview',
        body: request,
        schema: z.object({ data: previewSchema }),
        signal,
      }),
    select: ({ data }) => data,
  });
}

const receiptSchema = z.object({ transaction_id: z.string(), to: z.string(), new_balance: z.string() });
export type TransferReceipt = z.output<typeof receiptSchema>;

/**
 * Transfers cash to another user.
 * @param idempotencyKey the same for every attempt, so that the transfer takes effect once
 */
export async function sendTransfer(body: TransferRequest, idempotencyKey: string) {
  return callApi({ method: 'POST', path: '/transfers', body, schema: receiptSchema, idempotencyKey });
}
