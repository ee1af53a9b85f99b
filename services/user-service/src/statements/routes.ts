import { assetTransactionTypeSchema } from '@cnop/common/entities/asset/asset-transaction';
import { assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import { directionSchema, transactionTypeSchema } from '@cnop/common/entities/user/balance-transaction';
import { identityOf } from '@cnop/common/http/authentication';
import { CSV_ANSWER, CSV_NOTE, csvQueryShape, sendCsv } from '@cnop/common/http/csv-download';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import { monthParameterSchema } from '@cnop/common/http/period-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { exportStatement, listStatements, readStatement } from './use-cases/read-statement.ts';

const monthsSchema = z.object({
  data: z.array(
    z.object({ month: z.string(), is_complete: z.boolean().describe('Whether the month (UTC) is over.') }),
  ),
});

const stateSchema = z.object({
  at: timestampSchema,
  cash: z.string(),
  asset_value: z.string().describe('At the prices of that time.'),
  total_value: z.string(),
  positions: z.array(
    z.object({
      asset_id: assetIdSchema,
      quantity: z.string(),
      price: z.string(),
      market_value: z.string(),
      total_invested: z.string(),
    }),
  ),
});

const rowTypeSchema = z.enum([...transactionTypeSchema.options, ...assetTransactionTypeSchema.options]);

const statementSchema = z.object({
  month: z.string(),
  is_complete: z.boolean(),
  opening: stateSchema,
  closing: stateSchema,
  net_cash: z.string().describe('The cash of the closing less that of the opening.'),
  fees: z.string().describe('Fees of all trades; the cash that these moved includes them.'),
  cash_totals: z.array(
    z.object({
      transaction_type: transactionTypeSchema,
      direction: directionSchema,
      count: z.int(),
      amount: z.string(),
    }),
  ),
  data: z.array(
    z.object({
      at: timestampSchema,
      unit: z.string().describe('`USD`, or the asset of the units.'),
      transaction_type: rowTypeSchema,
      amount: z.string().describe('Negative for what leaves the account.'),
      balance: z.string().describe('Cash, or units of the asset, after the movement.'),
      price: z.string().nullable(),
      fees: z.string().nullable(),
      description: z.string().nullable(),
      transaction_id: z.string(),
      reference_id: z.string().nullable(),
    }),
  ),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

const docs = { tags: ['statements'], security: BEARER_SECURITY };
const monthSchema = z.strictObject({ month: monthParameterSchema });

/** Adds the routes for the statements of the caller's account, month by month. */
export function statementRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/statements',
    {
      schema: {
        ...docs,
        summary: 'List the months that have a statement, newest first',
        response: { 200: monthsSchema },
      },
    },
    async (request) => ({ data: await listStatements(deps, identityOf(request).username) }),
  );

  app.get(
    '/statements/:month',
    {
      schema: {
        ...docs,
        summary: 'Read the statement of a month',
        description:
          'Cash and positions before and after the month, and one page of the movements between them, oldest first. The ' +
          'present month goes up to now.',
        params: monthSchema,
        querystring: pageQuerySchema.omit({ offset: true }),
        response: { 200: statementSchema },
      },
    },
    async (request) => {
      const selection = { username: identityOf(request).username, ...request.params };
      const filter = { list: 'statement', ...selection };
      const { page, ...statement } = await readStatement(
        deps,
        selection,
        pageRequestOf(request.query, filter),
      );
      return {
        ...statement,
        opening: { ...statement.opening, positions: [...statement.opening.positions] },
        closing: { ...statement.closing, positions: [...statement.closing.positions] },
        cash_totals: [...statement.cash_totals],
        data: [...page.items],
        ...pageMembers(page, filter),
      };
    },
  );

  app.get(
    '/statements/:month/export',
    {
      schema: {
        ...docs,
        summary: 'Download the movements of a month as CSV, oldest first',
        description: CSV_NOTE,
        params: monthSchema,
        querystring: z.strictObject(csvQueryShape),
        response: { 200: CSV_ANSWER },
      },
    },
    async (request, reply) => {
      const { month } = request.params;
      const table = await exportStatement(deps, { username: identityOf(request).username, month });
      const { bom } = request.query;
      return sendCsv(reply, { table, name: `cnop-statement-${month}`, at: deps.clock.now(), bom });
    },
  );
}
