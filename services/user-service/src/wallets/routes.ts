import { amountInput, amountRules, currencySchema } from '@cnop/common/entities/currency';
import { priceInput } from '@cnop/common/entities/fields';
import { identityOf } from '@cnop/common/http/authentication';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import type { ConversionCommand } from './use-cases/convert-cash.ts';
import {
  conversionPreviewSchema,
  conversionReceiptSchema,
  conversionViewSchema,
  convertCash,
  listConversions,
  previewConversion,
} from './use-cases/convert-cash.ts';
import { readWallets, walletListSchema } from './use-cases/read-wallets.ts';

const docs = { tags: ['wallets'], security: BEARER_SECURITY };

const conversionBodySchema = z.strictObject({
  from: currencySchema.describe('The currency that is given.'),
  to: currencySchema.describe('The currency that is received.'),
  amount: amountInput().describe('In the currency that `fixes` names.'),
  fixes: z
    .enum(['from', 'to'])
    .default('from')
    .describe('Whether `amount` is what is given or what is received; the other one follows from the rate.'),
  rate_bound: priceInput()
    .nullable()
    .default(null)
    .describe('The worst accepted rate: units of `to` for one of `from`.'),
});
const amounts = amountRules((body: z.output<typeof conversionBodySchema>) => ({
  amount: body.amount,
  currency: body.fixes === 'to' ? body.to : body.from,
}));
const conversionSchema = conversionBodySchema.refine(amounts.fits, amounts.precision);

const conversionListSchema = z.object({
  data: z.array(conversionViewSchema),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

/** Adds the routes for wallets in several currencies and conversions between them. */
export function walletRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/balance/wallets',
    {
      schema: {
        ...docs,
        summary: 'Read the cash in all currencies',
        description: 'USD first, then each currency that was used, with its value in USD at the mid rate.',
        response: { 200: walletListSchema },
      },
    },
    async (request) => readWallets(deps, identityOf(request).username),
  );

  app.get(
    '/conversions',
    {
      schema: {
        ...docs,
        summary: 'List conversions, newest first',
        querystring: pageQuerySchema,
        response: { 200: conversionListSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const filter = { list: 'conversions', username };
      const page = await listConversions(deps, username, pageRequestOf(request.query, filter));
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );

  conversionRoutes(app, deps);
}

function conversionRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.post(
    '/conversions',
    {
      config: { readsHeaders: ['Idempotency-Key'] },
      schema: {
        ...docs,
        summary: 'Convert cash between two currencies',
        description:
          'Executes at once at the present quotes; between two other currencies than USD over USD.',
        body: conversionSchema,
        response: { 201: conversionReceiptSchema },
      },
    },
    async (request, reply) => {
      const { username, role } = identityOf(request);
      const key = idempotencyKeyOf(request);
      const intent = key && { username, route: 'conversion', ...key };
      const command = { username, role, request: toRequest(request.body), intent };
      const { result, isReplayed } = await convertCash(deps, command);
      markReplayed(reply, isReplayed);
      return reply.code(201).send(result);
    },
  );

  app.post(
    '/conversions/preview',
    {
      schema: {
        ...docs,
        summary: 'Preview a conversion without executing it',
        description:
          'Takes the body of POST /conversions and returns both amounts and the cash after it, or every reason why it ' +
          'would fail.',
        body: conversionSchema,
        response: { 200: z.object({ data: conversionPreviewSchema }) },
      },
    },
    async (request) => {
      const { username, role } = identityOf(request);
      return { data: await previewConversion(deps, { username, role, request: toRequest(request.body) }) };
    },
  );
}

function toRequest({
  rate_bound: rateBound,
  ...rest
}: z.output<typeof conversionSchema>): ConversionCommand['request'] {
  return { ...rest, rateBound };
}
