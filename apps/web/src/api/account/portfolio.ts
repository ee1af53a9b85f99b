import type { AssetId, IsoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { assetBalanceSchema } from '@cnop/common/entities/asset/asset-balance';
import {
  assetIdSchema,
  nonNegativeDecimalSchema,
  signedDecimalSchema,
  timestampSchema,
} from '@cnop/common/entities/fields';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const valuedHoldingSchema = z.object({
  asset_id: assetIdSchema,
  quantity: nonNegativeDecimalSchema,
  current_price: nonNegativeDecimalSchema,
  market_value: nonNegativeDecimalSchema,
  average_purchase_price: nonNegativeDecimalSchema,
  total_invested: nonNegativeDecimalSchema,
  unrealized_pnl: signedDecimalSchema,
  realized_pnl: signedDecimalSchema,
});
export type PortfolioHolding = z.output<typeof valuedHoldingSchema>;

/** The cash and the positions of one moment. */
export const portfolioSchema = z.object({
  usd_balance: nonNegativeDecimalSchema,
  /** The cost of the positions held now. */
  total_invested: nonNegativeDecimalSchema,
  unrealized_pnl: signedDecimalSchema,
  /** Realised P&L over the lifetime of the account, including closed positions. */
  realized_pnl: signedDecimalSchema,
  assets: z.array(valuedHoldingSchema),
  last_updated: z.string(),
});
export type Portfolio = z.output<typeof portfolioSchema>;

/** The prefix of all portfolio queries, so that one invalidation reads them again. */
export const PORTFOLIO_KEY = ['portfolio'] as const;

/** Reads the cash and the positions of one moment. */
export function portfolioQuery() {
  return queryOptions({
    queryKey: [...PORTFOLIO_KEY, 'now'],
    queryFn: ({ signal }) => callApi({ path: '/portfolio', schema: portfolioSchema, signal }),
  });
}

/** Reads the cash and the positions as they were at a moment, at the prices of that time. They do not change any more. */
export function pastPortfolioQuery(at: IsoTime) {
  return queryOptions({
    queryKey: ['past-portfolio', at],
    queryFn: ({ signal }) =>
      callApi({ path: '/portfolio', query: { as_of: at }, schema: portfolioSchema, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const holdingSchema = assetBalanceSchema.pick({
  asset_id: true,
  quantity: true,
  held_quantity: true,
  average_purchase_price: true,
  total_invested: true,
  realized_pnl: true,
});
const holdingsSchema = z.object({ data: z.array(holdingSchema) });
export type Holding = z.output<typeof holdingSchema>;

export const HOLDINGS_KEY = ['holdings'] as const;

/** Reads all positions of the signed-in user, including closed ones. */
function holdingsQuery() {
  return queryOptions({
    queryKey: HOLDINGS_KEY,
    queryFn: ({ signal }) => callApi({ path: '/balance/assets', schema: holdingsSchema, signal }),
    select: ({ data }) => data,
  });
}

/**
 * Reads the position in one asset; `null` before the first trade, for which the route of one asset would answer 404.
 */
export function holdingQuery(assetId: AssetId) {
  return {
    ...holdingsQuery(),
    select: ({ data }: z.output<typeof holdingsSchema>): Holding | null =>
      data.find(({ asset_id }) => asset_id === assetId) ?? null,
  };
}

/** Reads the positions that were sold completely. */
export function closedPositionsQuery() {
  return {
    ...holdingsQuery(),
    select: ({ data }: z.output<typeof holdingsSchema>): Holding[] =>
      data.filter(({ quantity }) => decimal(quantity).eq('0')),
  };
}

/** Separate from `PORTFOLIO_KEY`: the API limits history requests as reports, so it is read less often. */
export const PORTFOLIO_HISTORY_KEY = ['portfolio-history'] as const;

export const historyRangeSchema = z.enum(['1d', '1w', '1m', '3m', '1y', 'all']);
export type HistoryRange = z.infer<typeof historyRangeSchema>;

const pointSchema = z.object({
  at: timestampSchema,
  total_value: nonNegativeDecimalSchema,
  cash: nonNegativeDecimalSchema,
  asset_value: nonNegativeDecimalSchema,
  /** Deposits less withdrawals up to this moment; the rest of the value is profit or loss. */
  net_deposits: signedDecimalSchema,
});
export type HistoryPoint = z.output<typeof pointSchema>;

const historySchema = z.object({
  interval: z.enum(['15m', '1h', '1d']),
  data: z.array(pointSchema),
  /** `false` if the account has more ledger entries than the server reads back, so that the series starts late. */
  complete: z.boolean(),
});

/**
 * Reads the value of the account over time, oldest first; the last point is at current prices. Two points at the same
 * time are a step: before and after a ledger entry or a trade.
 */
export function portfolioHistoryQuery(range: HistoryRange) {
  return queryOptions({
    queryKey: [...PORTFOLIO_HISTORY_KEY, range],
    queryFn: ({ signal }) =>
      callApi({ path: '/portfolio/history', query: { range }, schema: historySchema, signal }),
  });
}
