import { displayNumber } from '@cnop/common/core/money';
import { assetBalanceSchema } from '@cnop/common/entities/asset/asset-balance';
import { assetIdParameterSchema, assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import { identityOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pastMomentSchema } from '@cnop/common/http/period-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { readPastPortfolio } from './use-cases/read-past-portfolio.ts';
import { readHolding, readHoldings, readPortfolio } from './use-cases/read-portfolio.ts';
import { MAX_HISTORY_ENTRIES, readPortfolioHistory } from './use-cases/read-portfolio-history.ts';
import { MAX_REPLAYED_TRANSACTIONS } from './use-cases/replay-transactions.ts';

const holdingResponseSchema = assetBalanceSchema
  .omit({ username: true, current_market_value: true, last_transaction: true })
  .extend({
    asset_name: z.string(),
    /** Units that are not held for open orders. */
    available_quantity: z.string(),
    current_price: z.number(),
    total_value: z.number(),
  });

/** A portfolio at one moment. */
export const portfolioResponseSchema = z.object({
  username: z.string(),
  usd_balance: z.string(),
  total_asset_value: z.string(),
  total_portfolio_value: z.string(),
  total_invested: z.string().describe('Cost of the open positions.'),
  unrealized_pnl: z.string().describe('Gain or loss of selling them at current prices.'),
  realized_pnl: z.string().describe('Gain or loss of all sales, those of closed positions included.'),
  asset_count: z.int(),
  assets: z.array(
    z.object({
      asset_id: assetIdSchema,
      quantity: z.string(),
      current_price: z.string(),
      market_value: z.string(),
      percentage: z.string(),
      average_purchase_price: z.string(),
      total_invested: z.string(),
      unrealized_pnl: z.string(),
      realized_pnl: z.string(),
    }),
  ),
  last_updated: z.string().describe('The moment that the values are of.'),
});

const docs = { tags: ['portfolio'], security: BEARER_SECURITY };

/** Adds the routes for the caller's positions and portfolio, at current prices and over time. */
export function portfolioRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/balance/asset/:asset_id',
    {
      schema: {
        ...docs,
        summary: 'Read one holding',
        params: z.strictObject({ asset_id: assetIdParameterSchema }),
        response: { 200: holdingResponseSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      return toHoldingResponse(await readHolding(deps, { username, assetId: request.params.asset_id }));
    },
  );

  app.get(
    '/balance/assets',
    {
      schema: {
        ...docs,
        summary: 'List all holdings',
        response: { 200: z.object({ data: z.array(holdingResponseSchema) }) },
      },
    },
    async (request) => {
      const holdings = await readHoldings(deps, identityOf(request).username);
      return { data: holdings.map(toHoldingResponse) };
    },
  );

  app.get(
    '/portfolio',
    {
      schema: {
        ...docs,
        summary: 'Read the portfolio, at present or as it was at a moment',
        description:
          'With `as_of`, cash, positions and costs are those of a replay of the ledger up to then, and values are at the ' +
          `prices of that time. 422 for the future, and when more than ${MAX_REPLAYED_TRANSACTIONS} transactions of assets came before.`,
        querystring: z.strictObject({
          as_of: pastMomentSchema.optional().describe('A past time, or a day: the end of it.'),
        }),
        response: { 200: portfolioResponseSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const { as_of: moment } = request.query;
      const portfolio = moment
        ? await readPastPortfolio(deps, { username, moment })
        : await readPortfolio(deps, username);
      return { ...portfolio, assets: [...portfolio.assets] };
    },
  );

  historyRoute(app, deps);
}

function toHoldingResponse(holding: Awaited<ReturnType<typeof readHolding>>) {
  return {
    ...holding,
    current_price: displayNumber(holding.current_price),
    total_value: displayNumber(holding.current_market_value),
  };
}

const historyQuerySchema = z.strictObject({
  range: z
    .enum(['1d', '1w', '1m', '3m', '1y', 'all'])
    .default('1m')
    .describe('A day, a week, one month, three months, a year, or since the creation of the account.'),
});

const historyResponseSchema = z.object({
  range: z.string(),
  interval: z
    .enum(['15m', '1h', '1d'])
    .describe('The time between two points, except for the first, the last and those of movements.'),
  data: z.array(
    z.object({
      at: timestampSchema,
      total_value: z.string(),
      cash: z.string(),
      asset_value: z.string(),
      net_deposits: z.string().describe('Deposits and adjustments less withdrawals, up to then.'),
    }),
  ),
  complete: z.boolean().describe('Whether the points cover the whole range.'),
});

function historyRoute(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/portfolio/history',
    {
      schema: {
        ...docs,
        summary: 'Read the value of the portfolio over time',
        description:
          'Oldest first; the last point is the present. A movement of cash, or a trade, has two points at one moment: ' +
          'before and after. Computed from at most the last ' +
          `${MAX_HISTORY_ENTRIES} cash transactions, at the closing prices of candles.`,
        querystring: historyQuerySchema,
        response: { 200: historyResponseSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const history = await readPortfolioHistory(deps, { username, range: request.query.range });
      return { ...history, data: [...history.data] };
    },
  );
}
