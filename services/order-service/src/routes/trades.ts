import { assetTransactionSchema } from '@cnop/common/entities/asset/asset-transaction';
import { assetIdParameterSchema } from '@cnop/common/entities/fields';
import { identityOf } from '@cnop/common/http/authentication';
import { CSV_ANSWER, CSV_NOTE, csvQueryShape, sendCsv } from '@cnop/common/http/csv-download';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import { endOfPeriodSchema, inOrder, startOfPeriodSchema } from '@cnop/common/http/period-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { OrderDependencies } from '../use-cases/dependencies.ts';
import { exportTrades, listAssetTrades, listTrades } from '../use-cases/list-trades.ts';

const tradeListAnswerSchema = z.object({
  data: z.array(
    assetTransactionSchema.pick({
      transaction_id: true,
      asset_id: true,
      transaction_type: true,
      quantity: true,
      price: true,
      total_amount: true,
      fees: true,
      realized_pnl: true,
      order_id: true,
      status: true,
      timestamp: true,
      counterpart: true,
      direction: true,
      cost: true,
    }),
  ),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});
const tradePeriodSchema = z.strictObject({
  start_date: startOfPeriodSchema.optional().describe('Traded at or after this day or time.'),
  end_date: endOfPeriodSchema.optional().describe('Traded at or before this day or time.'),
});

const docs = { tags: ['orders'], security: BEARER_SECURITY };

/** Adds the routes that list a user's trades, of one asset or of all. */
export function tradeRoutes(app: ServiceApp, deps: OrderDependencies): void {
  app.get(
    '/assets/:asset_id/transactions',
    {
      schema: {
        ...docs,
        summary: 'List own trades and other movements of an asset, newest first',
        params: z.strictObject({ asset_id: assetIdParameterSchema }),
        querystring: pageQuerySchema,
        response: { 200: tradeListAnswerSchema.describe('One page of trades.') },
      },
    },
    async (request) => {
      const { asset_id: assetId } = request.params;
      const filter = { asset_id: assetId };
      const selection = { username: identityOf(request).username, assetId };
      const page = await listAssetTrades(deps, selection, pageRequestOf(request.query, filter));
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );

  app.get(
    '/trades',
    {
      schema: {
        ...docs,
        summary: 'List own trades and other movements of all assets, newest first',
        querystring: inOrder(pageQuerySchema.omit({ offset: true }).extend(tradePeriodSchema.shape)),
        response: { 200: tradeListAnswerSchema.describe('One page of trades.') },
      },
    },
    async (request) => {
      const { start_date: from, end_date: to } = request.query;
      const filter = { list: 'trades', from, to };
      const selection = { username: identityOf(request).username, from, to };
      const pageRequest = pageRequestOf(request.query, filter);
      const page = await listTrades(deps, selection, pageRequest);
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );

  app.get(
    '/trades/export',
    {
      schema: {
        ...docs,
        summary: 'Export own trades of all assets as CSV, newest first',
        description: CSV_NOTE,
        querystring: inOrder(tradePeriodSchema.extend(csvQueryShape)),
        response: { 200: CSV_ANSWER },
      },
    },
    async (request, reply) => {
      const { start_date: from, end_date: to, bom } = request.query;
      const table = await exportTrades(deps, { username: identityOf(request).username, from, to });
      return sendCsv(reply, { table, name: 'cnop-trades', at: deps.clock.now(), bom });
    },
  );
}
