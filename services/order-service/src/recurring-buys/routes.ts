import type { IsoTime } from '@cnop/common/core/brands';
import { addSeconds } from '@cnop/common/core/clock';
import { decimal, formatUsd } from '@cnop/common/core/money';
import {
  assetIdSchema,
  recurringBuyIdSchema,
  rfc3339InputSchema,
  usdInput,
} from '@cnop/common/entities/fields';
import { recurringBuySchema } from '@cnop/common/entities/order/recurring-buy';
import { identityOf } from '@cnop/common/http/authentication';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { ValidationError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { RecurringBuyDeps } from './use-cases/manage-recurring-buys.ts';
import {
  changeRecurringBuy,
  createRecurringBuy,
  deleteRecurringBuy,
  listRecurringBuys,
  readRecurringBuy,
} from './use-cases/manage-recurring-buys.ts';

const MAX_AMOUNT_USD = '1000000';
/** The latest start of a recurring buy, in days from now. */
const MAX_START_DAYS = 366;
const DAY_SECONDS = 24 * 60 * 60;

const terms = recurringBuySchema.pick({ every: true, if_refused: true }).shape;
const amountSchema = usdInput({ max: MAX_AMOUNT_USD })
  .transform((usd) => formatUsd(decimal(usd)))
  .describe('USD to spend on each run, fees included.');
const startSchema = rfc3339InputSchema.describe(
  'The first run, which gives the time of day and the day of the week or month of all others. At most a year from now.',
);
const newBuySchema = z.strictObject({
  asset_id: assetIdSchema,
  amount: amountSchema,
  every: terms.every,
  starts_at: startSchema.exactOptional().describe('The first run; now, if absent.'),
  if_refused: terms.if_refused.default('skip'),
});
const changeSchema = z
  .strictObject({
    amount: amountSchema.exactOptional(),
    every: terms.every.exactOptional(),
    starts_at: startSchema.exactOptional(),
    if_refused: terms.if_refused.exactOptional(),
    status: recurringBuySchema.shape.status.exactOptional(),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'Give at least one change.' });

const replySchema = z.object({ data: recurringBuySchema });
const listSchema = z.object({ data: z.array(recurringBuySchema) });
/** Clients send either nothing or an empty object. */
const noBodySchema = z.strictObject({}).nullish();
const paramsSchema = z.strictObject({ id: recurringBuyIdSchema.describe('The recurring_buy_id.') });

const docs = { tags: ['recurring buys'], security: BEARER_SECURITY };

/** Adds the routes for the caller's recurring buys. */
export function recurringBuyRoutes(app: ServiceApp, deps: RecurringBuyDeps): void {
  readingRoutes(app, deps);
  changingRoutes(app, deps);
}

function readingRoutes(app: ServiceApp, deps: RecurringBuyDeps): void {
  app.get(
    '/recurring-buys',
    {
      schema: {
        ...docs,
        summary: 'List own recurring buys, the oldest first',
        response: { 200: listSchema.describe('All recurring buys.') },
      },
    },
    async (request) => ({ data: await listRecurringBuys(deps, identityOf(request).username) }),
  );

  app.get(
    '/recurring-buys/:id',
    {
      schema: {
        ...docs,
        summary: 'Read a recurring buy with its last runs',
        params: paramsSchema,
        response: { 200: replySchema.describe('The recurring buy.') },
      },
    },
    async (request) => ({ data: await readRecurringBuy(deps, nameOf(request)) }),
  );
}

function changingRoutes(app: ServiceApp, deps: RecurringBuyDeps): void {
  app.post(
    '/recurring-buys',
    {
      config: { readsHeaders: ['Idempotency-Key'] },
      schema: {
        ...docs,
        summary: 'Buy an asset for the same amount at regular times',
        description:
          'Each run is a market buy that costs at most `amount`. A run that is refused is told by the event ' +
          '`recurring_buy.refused`; after three in a row the recurring buy is paused.',
        body: newBuySchema,
        response: { 201: replySchema.describe('The recurring buy.') },
      },
    },
    async (request, reply) => {
      const { username, role } = identityOf(request);
      const { asset_id: assetId, ...chosen } = request.body;
      assertStart(deps, chosen.starts_at);
      const key = idempotencyKeyOf(request);
      const intent = key && { username, route: 'recurring-buy', ...key };
      const command = { username, role, assetId, terms: chosen, intent };
      const { result, isReplayed } = await createRecurringBuy(deps, command);
      markReplayed(reply, isReplayed);
      return reply.code(201).send({ data: result });
    },
  );

  app.patch(
    '/recurring-buys/:id',
    {
      schema: {
        ...docs,
        summary: 'Change, pause or resume a recurring buy',
        description:
          'A new start or interval, and resuming, plan the next run again. Missed runs are not made up for.',
        params: paramsSchema,
        body: changeSchema,
        response: { 200: replySchema.describe('The recurring buy after the change.') },
      },
    },
    async (request) => {
      assertStart(deps, request.body.starts_at);
      return { data: await changeRecurringBuy(deps, nameOf(request), request.body) };
    },
  );

  app.delete(
    '/recurring-buys/:id',
    {
      schema: {
        ...docs,
        summary: 'Delete a recurring buy; its orders stay',
        params: paramsSchema,
        body: noBodySchema,
        response: { 204: z.null().describe('It is deleted.') },
      },
    },
    async (request, reply) => {
      await deleteRecurringBuy(deps, nameOf(request));
      return reply.code(204).send(null);
    },
  );
}

interface NamedRequest {
  readonly params: z.output<typeof paramsSchema>;
}

function nameOf(request: NamedRequest & Parameters<typeof identityOf>[0]) {
  return { username: identityOf(request).username, recurring_buy_id: request.params.id };
}

/** @throws ValidationError (422) for a start in the past, or more than a year away */
function assertStart({ clock }: Pick<RecurringBuyDeps, 'clock'>, startsAt: IsoTime | undefined): void {
  if (startsAt === undefined) return;
  const [now, start] = [clock.now(), new Date(startsAt)];
  if (start < now) throw ValidationError.ofField('starts_at', 'Choose a time in the future.', 'in_the_past');
  if (start > addSeconds(now, MAX_START_DAYS * DAY_SECONDS))
    throw ValidationError.ofField('starts_at', 'Choose a time within a year.', 'too_late');
}
