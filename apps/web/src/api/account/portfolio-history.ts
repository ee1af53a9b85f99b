import { nonNegativeDecimalSchema, signedDecimalSchema, timestampSchema } from '@cnop/common/entities/fields';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

/** Not a part of the portfolio's: the API counts reads of the history as reports, so it is read less often. */
export const PORTFOLIO_HISTORY_KEY = ['portfolio-history'] as const;

export const historyRangeSchema = z.enum(['1d', '1w', '1m', '3m', '1y', 'all']);
export type HistoryRange = z.infer<typeof historyRangeSchema>;

const pointSchema = z.object({
  at: timestampSchema,
  total_value: nonNegativeDecimalSchema,
  cash: nonNegativeDecimalSchema,
  asset_value: nonNegativeDecimalSchema,
  /** What came in less what went out up to then; the rest of the value was earned. */
  net_deposits: signedDecimalSchema,
});
export type HistoryPoint = z.output<typeof pointSchema>;

const answerSchema = z.object({
  interval: z.enum(['15m', '1h', '1d']),
  data: z.array(pointSchema),
  /** False where the account has more movements than are counted back, so that the series starts late. */
  complete: z.boolean(),
});

/**
 * The value of the account over time, oldest first, the last point at the price of the moment. Two points of one time
 * are a step: before and after a movement of cash or a trade.
 */
export function portfolioHistoryQuery(range: HistoryRange) {
  return queryOptions({
    queryKey: [...PORTFOLIO_HISTORY_KEY, range],
    queryFn: ({ signal }) =>
      callApi({ path: '/portfolio/history', query: { range }, schema: answerSchema, signal }),
  });
}
