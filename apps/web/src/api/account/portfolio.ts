import { nonNegativeDecimalSchema, signedDecimalSchema } from '@cnop/common/entities/fields';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const holdingSchema = z.object({
  asset_id: z.string(),
  quantity: nonNegativeDecimalSchema,
  current_price: nonNegativeDecimalSchema,
  market_value: nonNegativeDecimalSchema,
  average_purchase_price: nonNegativeDecimalSchema,
  total_invested: nonNegativeDecimalSchema,
  unrealized_pnl: signedDecimalSchema,
  realized_pnl: signedDecimalSchema,
});
export type PortfolioHolding = z.output<typeof holdingSchema>;

const answerSchema = z.object({
  usd_balance: nonNegativeDecimalSchema,
  /** What the present holdings have cost. */
  total_invested: nonNegativeDecimalSchema,
  unrealized_pnl: signedDecimalSchema,
  /** Over everything that was ever sold, sold-out holdings included. */
  realized_pnl: signedDecimalSchema,
  assets: z.array(holdingSchema),
  last_updated: z.string(),
});
export type Portfolio = z.output<typeof answerSchema>;

/** The history is below it, so that both are read anew together. */
export const PORTFOLIO_KEY = ['portfolio'] as const;

/** Cash and holdings of one moment. */
export function portfolioQuery() {
  return queryOptions({
    queryKey: [...PORTFOLIO_KEY, 'now'],
    queryFn: ({ signal }) => callApi({ path: '/portfolio', schema: answerSchema, signal }),
  });
}
