import { assetTransactionTypeSchema } from '@cnop/common/entities/asset/asset-transaction';
import { assetIdParameterSchema, assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import { lotMethodSchema, yearParameterSchema } from '@cnop/common/entities/user/tax-method';
import { identityOf } from '@cnop/common/http/authentication';
import { CSV_ANSWER, CSV_NOTE, csvQueryShape, sendCsv } from '@cnop/common/http/csv-download';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { MAX_REPLAYED_TRANSACTIONS } from '../portfolio/use-cases/replay-transactions.ts';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { chooseMethod, readYearMethod } from './use-cases/choose-method.ts';
import { exportTaxReport, readOpenLots, readTaxReport } from './use-cases/read-tax-report.ts';

const totalsSchema = z.object({
  disposals: z.int(),
  proceeds: z.string().describe('USD after fees.'),
  cost: z.string().describe('USD with the fees of the buys.'),
  gain: z.string().describe('Proceeds less cost.'),
  short_term_gain: z.string(),
  long_term_gain: z.string().describe('Of lots held for more than a year.'),
  realized_pnl: z.string().describe('The profit that the positions realised by the same disposals.'),
});

const lotSchema = z.object({
  transaction_id: z.string().describe('The transaction that acquired the lot.'),
  acquired_at: timestampSchema,
  quantity: z.string(),
  cost: z.string(),
  holding_days: z.int(),
  term: z.enum(['short', 'long']),
});

const pageShape = { has_more: z.boolean(), next_cursor: z.string().nullable() };

const reportSchema = z.object({
  year: z.int(),
  method: lotMethodSchema,
  totals: totalsSchema,
  assets: z.array(totalsSchema.extend({ asset_id: assetIdSchema })),
  data: z.array(
    z.object({
      transaction_id: z.string(),
      asset_id: assetIdSchema,
      transaction_type: assetTransactionTypeSchema,
      order_id: z.string().nullable(),
      disposed_at: timestampSchema,
      quantity: z.string(),
      cost: z.string(),
      proceeds: z.string(),
      gain: z.string(),
      realized_pnl: z.string().nullable(),
      lots: z.array(lotSchema.extend({ proceeds: z.string(), gain: z.string() })),
    }),
  ),
  ...pageShape,
});

const openLotsSchema = z.object({
  method: lotMethodSchema.describe('The method of the present year.'),
  cost: z.string().describe('The cost of all lots.'),
  data: z.array(lotSchema.extend({ asset_id: assetIdSchema })),
  ...pageShape,
});

const yearMethodSchema = z.object({
  year: z.int(),
  method: lotMethodSchema,
  chosen_at: timestampSchema.nullable().describe('Null for the default, `average`.'),
  fixed_at: timestampSchema
    .nullable()
    .describe('The first disposal of the year, after which the method cannot change.'),
});

const assetFilter = { asset_id: assetIdParameterSchema.optional().describe('Only this asset.') };
const listQuerySchema = pageQuerySchema.omit({ offset: true }).extend(assetFilter);
const yearSchema = z.strictObject({ year: yearParameterSchema });

const docs = { tags: ['tax'], security: BEARER_SECURITY };
const LIMIT_NOTE = `422 when it would replay more than ${MAX_REPLAYED_TRANSACTIONS} transactions: ask for one asset.`;

/** Adds the routes for tax lots: the disposals of a year, the lots that are held, and the choice of a method. */
export function taxRoutes(app: ServiceApp, deps: UserDependencies): void {
  reportRoutes(app, deps);
  methodRoutes(app, deps);
}

function reportRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/tax/:year',
    {
      schema: {
        ...docs,
        summary: 'List the disposals of a year with their lots, oldest first',
        description: `Years are those of UTC. The totals are of all pages. ${LIMIT_NOTE}`,
        params: yearSchema,
        querystring: listQuerySchema,
        response: { 200: reportSchema },
      },
    },
    async (request) => {
      const selection = { ...toYear(request.params), ...toSelection(identityOf(request), request.query) };
      const filter = { list: 'tax', ...selection };
      const { page, ...report } = await readTaxReport(deps, selection, pageRequestOf(request.query, filter));
      const data = page.items.map(({ lots, ...disposal }) => ({ ...disposal, lots: [...lots] }));
      return { ...report, assets: [...report.assets], data, ...pageMembers(page, filter) };
    },
  );

  app.get(
    '/tax/:year/export',
    {
      schema: {
        ...docs,
        summary: 'Download the disposals of a year as CSV, one row for each lot',
        description: `${CSV_NOTE} ${LIMIT_NOTE}`,
        params: yearSchema,
        querystring: z.strictObject({ ...assetFilter, ...csvQueryShape }),
        response: { 200: CSV_ANSWER },
      },
    },
    async (request, reply) => {
      const { year } = toYear(request.params);
      const selection = { year, ...toSelection(identityOf(request), request.query) };
      const table = await exportTaxReport(deps, selection);
      const { bom } = request.query;
      return sendCsv(reply, { table, name: `cnop-tax-${year}`, at: deps.clock.now(), bom });
    },
  );

  app.get(
    '/tax/lots',
    {
      schema: {
        ...docs,
        summary: 'List the lots that are held now, by asset and oldest first',
        description: LIMIT_NOTE,
        querystring: listQuerySchema,
        response: { 200: openLotsSchema },
      },
    },
    async (request) => {
      const selection = toSelection(identityOf(request), request.query);
      const filter = { list: 'lots', ...selection };
      const { page, ...lots } = await readOpenLots(deps, selection, pageRequestOf(request.query, filter));
      return { ...lots, data: [...page.items], ...pageMembers(page, filter) };
    },
  );
}

function methodRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/tax/:year/method',
    {
      schema: {
        ...docs,
        summary: 'Read how the lots of a year are chosen',
        params: yearSchema,
        response: { 200: yearMethodSchema },
      },
    },
    async (request) =>
      readYearMethod(deps, { username: identityOf(request).username, ...toYear(request.params) }),
  );

  app.put(
    '/tax/:year/method',
    {
      schema: {
        ...docs,
        summary: 'Choose how the lots of a year are chosen',
        description:
          'For the present year or the next: oldest first (`fifo`), newest first (`lifo`), dearest first (`hifo`), or all at ' +
          'their average cost. 409 after the first disposal of the year.',
        params: yearSchema,
        body: z.strictObject({ method: lotMethodSchema }),
        response: { 200: yearMethodSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      return chooseMethod(deps, { username, ...toYear(request.params), ...request.body });
    },
  );
}

function toYear({ year }: z.output<typeof yearSchema>): { readonly year: number } {
  return { year: Number(year) };
}

function toSelection(
  { username }: Pick<ReturnType<typeof identityOf>, 'username'>,
  { asset_id: assetId }: Pick<z.output<typeof listQuerySchema>, 'asset_id'>,
) {
  return { username, assetId };
}
