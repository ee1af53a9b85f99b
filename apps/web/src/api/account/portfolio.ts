import { assetBalanceSchema } from '@cnop/common/entities/asset/asset-balance';
import { nonNegativeDecimalSchema, signedDecimalSchema, timestampSchema } from '@cnop/common/entities/fields';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const valuedHoldingSchema = z.object({
  asset_id: z.string(),
  quantity: nonNegativeDecimalSchema,
  current_price: nonNegativeDecimalSchema,
  market_value: nonNegativeDecimalSchema,
  average_purchase_price: nonNegativeDecimalSchema,
  total_invested: nonNegativeDecimalSchema,
  unrealized_pnl: signedDecimalSchema,
  realized_pnl: signedDecimalSchema,
});
export type PortfolioHolding = z.output<typeof valuedHoldingSchema>;

const portfolioSchema = z.object({
  usd_balance: nonNegativeDecimalSchema,
  /** What the present holdings have cost. */
  total_invested: nonNegativeDecimalSchema,
  unrealized_pnl: signedDecimalSchema,
  /** Over everything that was ever sold, sold-out holdings included. */
  realized_pnl: signedDecimalSchema,
  assets: z.array(valuedHoldingSchema),
  last_updated: z.string(),
});
export type Portfolio = z.output<typeof portfolioSchema>;

/** The history is below it, so that both are read anew together. */
export const PORTFOLIO_KEY = ['portfolio'] as const;

/** Cash and holdings of one moment. */
export function portfolioQuery() {
  return queryOptions({
    queryKey: [...PORTFOLIO_KEY, 'now'],
    queryFn: ({ signal }) => callApi({ path: '/portfolio', schema: portfolioSchema, signal }),
  });
}

const holdingSchema = assetBalanceSchema.pick({
  asset_id: true,
  quantity: true,
  held_quantity: true,
  average_purchase_price: true,
  total_invested: true,
});
const holdingsSchema = z.object({ data: z.array(holdingSchema) });
export type Holding = z.output<typeof holdingSchema>;

export const HOLDINGS_KEY = ['holdings'] as const;

/** Everything that the signed-in user holds, or once held. */
function holdingsQuery() {
  return queryOptions({
    queryKey: HOLDINGS_KEY,
    queryFn: ({ signal }) => callApi({ path: '/balance/assets', schema: holdingsSchema, signal }),
    select: ({ data }) => data,
  });
}

/** What the user holds of one asset; null before the first trade, which the route of one asset would call a 404. */
export function holdingQuery(assetId: string) {
  return {
    ...holdingsQuery(),
    select: ({ data }: z.output<typeof holdingsSchema>): Holding | null =>
      data.find(({ asset_id }) => asset_id === assetId) ?? null,
  };
}

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

const historySchema = z.object({
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
      callApi({ path: '/portfolio/history', query: { range }, schema: historySchema, signal }),
  });
}
