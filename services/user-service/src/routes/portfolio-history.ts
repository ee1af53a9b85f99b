import { timestampSchema } from '@cnop/common/entities/fields';
import { identityOf } from '@cnop/common/http/authentication';
import { getAssetDao, getAssetTransactionDao, getBalanceDao } from '@cnop/common/http/dao-dependencies';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { getCandleDao, getClock, getQuotes, getStore } from '../dependencies.ts';
import { MAX_HISTORY_LINES, readPortfolioHistory } from '../use-cases/read-portfolio-history.ts';

const historyQuerySchema = z.strictObject({
  range: z
    .enum(['1d', '1w', '1m', '3m', '1y', 'all'])
    .default('1m')
    .describe('How far back: a day, a week, one month, three, a year, or to the creation of the account.'),
});

const historyAnswerSchema = z.object({
  range: z.string(),
  interval: z
    .enum(['15m', '1h', '1d'])
    .describe('The time between two points, but for the first, the last and those of movements.'),
  data: z.array(
    z.object({
      at: timestampSchema,
      total_value: z.string(),
      cash: z.string(),
      asset_value: z.string(),
      net_deposits: z.string().describe('Deposits and adjustments less withdrawals, by then.'),
    }),
  ),
  complete: z.boolean().describe('Whether the points begin as early as they were asked for.'),
});

/** What the portfolio of the signed-in user was worth over time. */
export function portfolioHistoryRoutes(app: ServiceApp): void {
  const deps = {
    store: getStore(app),
    clock: getClock(app),
    balances: getBalanceDao(app),
    trades: getAssetTransactionDao(app),
    candles: getCandleDao(app),
    assets: getAssetDao(app),
    quotes: getQuotes(app),
  };

  app.get(
    '/portfolio/history',
    {
      schema: {
        tags: ['portfolio'],
        security: BEARER_SECURITY,
        summary: 'Read what the portfolio was worth over time',
        description:
          'Oldest first; the last point is the present. A movement of cash, or a trade, has two points of one moment: ' +
          'before and after. Worked out from at most the last ' +
          `${MAX_HISTORY_LINES} cash transactions, at the closing prices of candles.`,
        querystring: historyQuerySchema,
        response: { 200: historyAnswerSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const history = await readPortfolioHistory(deps, { username, range: request.query.range });
      return { ...history, data: [...history.data] };
    },
  );
}
