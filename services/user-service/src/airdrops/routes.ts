import {
  airdropRecipientSchema,
  airdropSchema,
  MAX_AIRDROP_RECIPIENTS,
  MAX_LISTED_RECIPIENTS,
} from '@cnop/common/entities/asset/airdrop';
import {
  airdropIdSchema,
  assetIdSchema,
  decimalInput,
  descriptionSchema,
  usernameSchema,
} from '@cnop/common/entities/fields';
import { identityOf, originOf } from '@cnop/common/http/authentication';
import { CSV_ANSWER, csvQueryShape, sendCsv } from '@cnop/common/http/csv-download';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { InternalError } from '@cnop/exception/errors';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import type { AirdropCaller, Recipients } from './use-cases/create-airdrop.ts';
import { airdropPreviewSchema, createAirdrop, previewAirdrop } from './use-cases/create-airdrop.ts';
import { listAirdrops, readAirdrop, reportAirdrop, steerAirdrop } from './use-cases/steer-airdrop.ts';

const MAX_TABLE_CHARACTERS = 65_536;
const quantityInput = decimalInput().brand<'Quantity'>();
const recipientInput = z.strictObject({ username: usernameSchema, quantity: quantityInput });

const recipientsShape = {
  asset_id: assetIdSchema.describe('The asset that is given.'),
  recipients: z
    .array(recipientInput)
    .min(1)
    .max(MAX_LISTED_RECIPIENTS)
    .exactOptional()
    .describe('A list of recipients, each with their own quantity.'),
  csv: z
    .string()
    .min(1)
    .max(MAX_TABLE_CHARACTERS)
    .exactOptional()
    .describe(`A CSV table with the header \`username,quantity\` and up to ${MAX_LISTED_RECIPIENTS} lines.`),
  group: z
    .enum(['active_users', 'holders'])
    .exactOptional()
    .describe(
      `All active customers, or all holders of \`held_asset_id\`; at most ${MAX_AIRDROP_RECIPIENTS}.`,
    ),
  held_asset_id: assetIdSchema.exactOptional(),
  quantity: quantityInput.exactOptional().describe('Units for each member of the group.'),
};

type RecipientsInput = z.output<z.ZodObject<typeof recipientsShape>>;

/** Refuses a body unless it names its recipients in exactly one way. */
function oneWay(input: RecipientsInput, context: z.RefinementCtx): void {
  const { recipients, csv, group, held_asset_id, quantity } = input;
  const refuse = (field: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [field], message, input });
  };
  const ways = [recipients, csv, group].filter((way) => way !== undefined);
  if (ways.length !== 1) refuse('recipients', 'Give one of recipients, csv and group.');
  if ((group === undefined) !== (quantity === undefined))
    refuse('quantity', 'Give a quantity with a group, and only with one.');
  if ((group === 'holders') !== (held_asset_id !== undefined))
    refuse('held_asset_id', 'Give the held asset with the group holders, and only with it.');
}

/** Returns the recipients of a body that `oneWay` accepted. */
function recipientsOf({ recipients, csv, group, held_asset_id, quantity }: RecipientsInput): Recipients {
  if (recipients) return { list: z.array(airdropRecipientSchema).parse(recipients) };
  if (csv !== undefined) return { csv };
  if (group === 'active_users' && quantity !== undefined) return { group, quantity };
  if (group === 'holders' && quantity !== undefined && held_asset_id !== undefined)
    return { group, quantity, heldAsset: held_asset_id };
  throw new InternalError(new Error('an airdrop names no recipients'));
}

const previewBodySchema = z.strictObject(recipientsShape).superRefine(oneWay);
const createBodySchema = z
  .strictObject({
    ...recipientsShape,
    reason: descriptionSchema.trim().min(1).describe('The recipients see it.'),
  })
  .superRefine(oneWay);

const shownAirdropSchema = airdropSchema.omit({ work_due_at: true });
const airdropAnswerSchema = z.object({ data: shownAirdropSchema });
const paramsSchema = z.strictObject({ id: airdropIdSchema.describe('The airdrop_id.') });
const noBodySchema = z.strictObject({}).nullish();

const docs = { tags: ['airdrops'], security: BEARER_SECURITY };
const forReaders = { access: ['admin', 'moderator'] } as const;
const forAdmins = { access: ['admin'] } as const;

/** Adds the routes with which staff give units of an asset to many users. */
export function airdropRoutes(app: ServiceApp, deps: UserDependencies): void {
  creatingRoutes(app, deps);
  readingRoutes(app, deps);
  steeringRoutes(app, deps);
}

function callerOf(request: FastifyRequest): AirdropCaller {
  return { username: identityOf(request).username, origin: originOf(request) };
}

function creatingRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.post(
    '/admin/airdrops/preview',
    {
      config: forAdmins,
      schema: {
        ...docs,
        summary: 'Check an airdrop without creating it',
        description: 'Takes the body of POST /admin/airdrops without a reason. Every bad line is named.',
        body: previewBodySchema,
        response: { 200: z.object({ data: airdropPreviewSchema }) },
      },
    },
    async (request) => {
      const { asset_id: assetId } = request.body;
      const recipients = recipientsOf(request.body);
      return { data: await previewAirdrop(deps, { caller: callerOf(request), assetId, recipients }) };
    },
  );

  app.post(
    '/admin/airdrops',
    {
      config: { ...forAdmins, readsHeaders: ['Idempotency-Key'] },
      schema: {
        ...docs,
        summary: 'Create an airdrop',
        description:
          'It is checked as a whole. It runs at once, or awaits a second administrator when it is large.',
        body: createBodySchema,
        response: { 201: airdropAnswerSchema },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { asset_id: assetId, reason } = request.body;
      const key = idempotencyKeyOf(request);
      const { result, isReplayed } = await createAirdrop(deps, {
        caller,
        assetId,
        recipients: recipientsOf(request.body),
        reason,
        intent: key && { username: caller.username, route: 'airdrop', ...key },
      });
      markReplayed(reply, isReplayed);
      return reply.code(201).send({ data: result });
    },
  );
}

function readingRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/admin/airdrops',
    {
      config: forReaders,
      schema: {
        ...docs,
        summary: 'List airdrops, newest first',
        querystring: pageQuerySchema,
        response: {
          200: z.object({
            data: z.array(shownAirdropSchema),
            has_more: z.boolean(),
            next_cursor: z.string().nullable(),
          }),
        },
      },
    },
    async (request) => {
      const filter = { list: 'airdrops' };
      const page = await listAirdrops(deps, pageRequestOf(request.query, filter));
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );

  app.get(
    '/admin/airdrops/:id',
    {
      config: forReaders,
      schema: {
        ...docs,
        summary: 'Read an airdrop with its progress',
        params: paramsSchema,
        response: { 200: airdropAnswerSchema },
      },
    },
    async (request) => ({ data: await readAirdrop(deps, request.params.id) }),
  );

  app.get(
    '/admin/airdrops/:id/report',
    {
      config: forReaders,
      schema: {
        ...docs,
        summary: 'Download what became of each recipient, as CSV',
        params: paramsSchema,
        querystring: z.strictObject(csvQueryShape),
        response: { 200: CSV_ANSWER },
      },
    },
    async (request, reply) => {
      const table = await reportAirdrop(deps, request.params.id);
      return sendCsv(reply, { table, name: 'cnop-airdrop', at: deps.clock.now(), bom: request.query.bom });
    },
  );
}

function steeringRoutes(app: ServiceApp, deps: UserDependencies): void {
  const steps = [
    { step: 'approve', summary: 'Approve a large airdrop, which starts it' },
    { step: 'reject', summary: 'Reject a large airdrop' },
    { step: 'pause', summary: 'Pause an airdrop' },
    { step: 'resume', summary: 'Go on with a paused airdrop' },
    { step: 'cancel', summary: 'Cancel an airdrop; what was posted stays' },
  ] as const;
  for (const { step, summary } of steps) {
    app.post(
      `/admin/airdrops/:id/${step}`,
      {
        config: forAdmins,
        schema: {
          ...docs,
          summary,
          params: paramsSchema,
          body: noBodySchema,
          response: { 200: airdropAnswerSchema },
        },
      },
      async (request) => ({
        data: await steerAirdrop(deps, { caller: callerOf(request), airdropId: request.params.id, step }),
      }),
    );
  }
}
