import { assetIdParameterSchema, assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import { assetSumsSchema } from '@cnop/common/entities/house/house-book';
import { assetStatusSchema } from '@cnop/common/entities/inventory/asset';
import { CSV_ANSWER, CSV_NOTE, csvQueryShape, sendCsv } from '@cnop/common/http/csv-download';
import { daySpanShape, inDaySpan, spanOf } from '@cnop/common/http/day-span-query';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { exportHouseBook, readAssetBook, readHouseBook } from './use-cases/read-house-book.ts';

const resultSchema = z.object({
  spread: z.string(),
  fees: z.string(),
  rounding: z.string(),
  earned: z.string().describe('Spread, fees and rounding together.'),
  adjustments: z.string().describe('Corrections by staff; negative for what users were credited.'),
  accounts: z
    .record(z.string(), z.string())
    .describe('What each account of the other side received, but those of assets and of users.'),
});

const exposureSchema = z.object({
  asset_id: assetIdSchema,
  name: z.string(),
  status: assetStatusSchema,
  units: z
    .string()
    .describe('Units that the house received less those that it sold: negative when it has sold more.'),
  cash: z.string().describe('USD received for them at the mid prices of their quotes.'),
  mid_price: z.string(),
  value: z.string().describe('The units at the mid price, in USD.'),
  result: z.string().describe('Cash plus value, in USD.'),
  spread: z.string(),
  fees: z.string(),
  rounding: z.string(),
  max_house_exposure: z
    .string()
    .nullable()
    .describe('The most units that the house may have sold more than received; null without a limit.'),
  is_above_limit: z.boolean(),
});

const spanSchema = z.object({
  complete_to: timestampSchema
    .nullable()
    .describe('Every movement until then is in the book; null before the end of the first pass.'),
  from: z.string(),
  to: z.string(),
});

const bookResponseSchema = spanSchema.extend({
  period: resultSchema,
  all_days: resultSchema,
  days: z.array(resultSchema.extend({ day: z.string() })),
  assets: z.array(exposureSchema),
});

const assetBookResponseSchema = spanSchema.extend({
  exposure: exposureSchema,
  days: z.array(assetSumsSchema.extend({ day: z.string() })),
});

const docs = { tags: ['treasury'], security: BEARER_SECURITY };
const ADMINS = { access: ['admin'] } as const;

/** Adds the routes of the house book, for administrators. */
export function houseBookRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/admin/house-book',
    {
      config: ADMINS,
      schema: {
        ...docs,
        summary: 'Read what the house holds, owes and earned',
        description:
          'Days without a movement are absent. Exposures are those of all days, at current prices.',
        querystring: inDaySpan(z.strictObject(daySpanShape)),
        response: { 200: bookResponseSchema },
      },
    },
    async (request) => {
      const book = await readHouseBook(deps, spanOf(request.query, deps.clock.now()));
      return { ...book, days: [...book.days], assets: [...book.assets] };
    },
  );

  app.get(
    '/admin/house-book/export',
    {
      config: ADMINS,
      schema: {
        ...docs,
        summary: 'Export what each account of the house received each day as CSV, oldest first',
        description: CSV_NOTE,
        querystring: inDaySpan(z.strictObject({ ...daySpanShape, ...csvQueryShape })),
        response: { 200: CSV_ANSWER },
      },
    },
    async (request, reply) => {
      const at = deps.clock.now();
      const table = await exportHouseBook(deps, spanOf(request.query, at));
      return sendCsv(reply, { table, name: 'cnop-house-book', at, bom: request.query.bom });
    },
  );

  app.get(
    '/admin/house-book/:asset_id',
    {
      config: ADMINS,
      schema: {
        ...docs,
        summary: 'Read the house book of one asset',
        params: z.strictObject({ asset_id: assetIdParameterSchema }),
        querystring: inDaySpan(z.strictObject(daySpanShape)),
        response: { 200: assetBookResponseSchema },
      },
    },
    async (request) => {
      const span = spanOf(request.query, deps.clock.now());
      const book = await readAssetBook(deps, request.params.asset_id, span);
      return { ...book, days: [...book.days] };
    },
  );
}
