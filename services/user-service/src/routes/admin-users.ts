import type { Username } from '@cnop/common/core/brands';
import {
  descriptionSchema,
  usdInput,
  usernameParameterSchema,
  usernameSchema,
} from '@cnop/common/entities/fields';
import { balanceSchema } from '@cnop/common/entities/user/balance';
import { emailSchema } from '@cnop/common/entities/user/email';
import { userRoleSchema, userSchema, userStatusSchema } from '@cnop/common/entities/user/user';
import { identityOf, originOf } from '@cnop/common/http/authentication';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { NotFoundError } from '@cnop/exception/errors';
import { z } from 'zod';
import { portfolioResponseSchema } from '../portfolio/routes.ts';
import { readPortfolio } from '../portfolio/use-cases/read-portfolio.ts';
import {
  changeUserAccess,
  findUserByEmail,
  listUsers,
  readManagedUser,
} from '../use-cases/accounts/administer-users.ts';
import { readUser } from '../use-cases/accounts/profile.ts';
import { adjustBalance, cashReceiptSchema } from '../use-cases/cash/move-cash.ts';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { freezeTransfers } from '../use-cases/transfers/freeze-transfers.ts';
import { ledgerPage, ledgerQuerySchema, ledgerResponseSchema } from './balance.ts';

const MAX_ADJUSTMENT_USD = '1000000';

const managedUserSchema = userSchema.omit({ password_hash: true });
const managedUserResponseSchema = z.object({ data: managedUserSchema });
const userWithCashSchema = managedUserResponseSchema.extend({
  balance: balanceSchema
    .pick({ current_balance: true, held_balance: true, transfers_frozen: true })
    .extend({ available_balance: z.string() }),
});
const userParamsSchema = z.strictObject({ username: usernameParameterSchema });

const userListQuerySchema = pageQuerySchema
  .extend({
    search: z
      .string()
      .max(50)
      .regex(/^\w*$/, 'Use letters, digits and underscores.')
      .toLowerCase()
      .default('')
      .describe('The beginning of the usernames.'),
    email: emailSchema.optional().describe('The whole e-mail address of one user, instead of `search`.'),
  })
  .refine(({ search, email }) => search === '' || email === undefined, {
    path: ['email'],
    error: 'Search by username or by e-mail address, not by both.',
  });
const userListResponseSchema = z.object({
  data: z.array(managedUserSchema),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

const accessChangeSchema = z
  .strictObject({ role: userRoleSchema.exactOptional(), status: userStatusSchema.exactOptional() })
  .refine(({ role, status }) => role !== undefined || status !== undefined, {
    error: 'Give a role or a status.',
  });

const adjustmentSchema = z.strictObject({
  amount: usdInput({ sign: 'signed', max: MAX_ADJUSTMENT_USD }),
  description: descriptionSchema.trim().min(1),
});

const freezeSchema = z.strictObject({
  frozen: z.boolean(),
  reason: descriptionSchema.trim().min(1),
});
const freezeResponseSchema = z.object({
  data: balanceSchema.pick({ username: true, transfers_frozen: true }),
});

const docs = { tags: ['administration'], security: BEARER_SECURITY };
const forReaders = { access: ['admin', 'moderator'] } as const;
const forAdmins = { access: ['admin'] } as const;

/** Adds the routes with which staff read and administrators change users. */
export function adminUserRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/admin/users',
    {
      config: forReaders,
      schema: {
        ...docs,
        summary: 'List users by name, or find one by e-mail address',
        querystring: userListQuerySchema,
        response: { 200: userListResponseSchema },
      },
    },
    async (request) => {
      const { search, email } = request.query;
      const filter = { list: 'users', search };
      const page =
        email === undefined
          ? await listUsers(deps, { search, request: pageRequestOf(request.query, filter) })
          : await findUserByEmail(deps, email);
      return { data: [...page.items], ...pageMembers(page, filter) };
    },
  );

  app.get(
    '/admin/users/:username',
    {
      config: forReaders,
      schema: {
        ...docs,
        summary: 'Read a user with their cash',
        params: userParamsSchema,
        response: { 200: userWithCashSchema },
      },
    },
    async (request) => {
      const { user, balance } = await readManagedUser(deps, request.params.username);
      return { data: user, balance };
    },
  );

  recordRoutes(app, deps);
  changeRoutes(app, deps);
  freezeRoute(app, deps);
}

function recordRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/admin/users/:username/portfolio',
    {
      config: forReaders,
      schema: {
        ...docs,
        summary: 'Read the cash and the positions of a user',
        params: userParamsSchema,
        response: { 200: portfolioResponseSchema },
      },
    },
    async (request) => {
      const { username } = await readUser(deps, parseUsername(request.params));
      const portfolio = await readPortfolio(deps, username);
      return { ...portfolio, assets: [...portfolio.assets] };
    },
  );

  app.get(
    '/admin/users/:username/transactions',
    {
      config: forReaders,
      schema: {
        ...docs,
        summary: 'List the cash transactions of a user, newest first',
        params: userParamsSchema,
        querystring: ledgerQuerySchema,
        response: { 200: ledgerResponseSchema },
      },
    },
    async (request) => {
      const { username } = await readUser(deps, parseUsername(request.params));
      return ledgerPage(deps, username, request.query);
    },
  );
}

function changeRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.patch(
    '/admin/users/:username',
    {
      config: forAdmins,
      schema: {
        ...docs,
        summary: 'Change role or status of a user, which ends their sessions',
        description:
          'A user who is no longer active cannot trade: open orders are cancelled and their holds released before the ' +
          'response. Positions stay.',
        params: userParamsSchema,
        body: accessChangeSchema,
        response: { 200: managedUserResponseSchema },
      },
    },
    async (request) => {
      const username = parseUsername(request.params);
      const actor = identityOf(request).username;
      const origin = originOf(request);
      return { data: await changeUserAccess(deps, { username, change: request.body, actor, origin }) };
    },
  );

  app.post(
    '/admin/users/:username/adjustments',
    {
      config: { ...forAdmins, readsHeaders: ['Idempotency-Key'] },
      schema: {
        ...docs,
        summary: 'Correct the cash balance of a user',
        params: userParamsSchema,
        body: adjustmentSchema,
        response: { 201: cashReceiptSchema },
      },
    },
    async (request, reply) => {
      const username = parseUsername(request.params);
      const actor = identityOf(request).username;
      const key = idempotencyKeyOf(request);
      // The username is part of the request: the same key for another user is another request, and refused.
      const intent = key && {
        username: actor,
        route: 'adjustment',
        key: key.key,
        requestHash: `${username} ${key.requestHash}`,
      };
      const command = { username, ...request.body, actor, intent, origin: originOf(request) };
      const { result, isReplayed } = await adjustBalance(deps, command);
      markReplayed(reply, isReplayed);
      return reply.code(201).send(result);
    },
  );
}

function freezeRoute(app: ServiceApp, deps: UserDependencies): void {
  app.put(
    '/admin/users/:username/transfer-freeze',
    {
      config: forAdmins,
      schema: {
        ...docs,
        summary: 'Freeze the transfers of a user, or allow them again',
        params: userParamsSchema,
        body: freezeSchema,
        response: { 200: freezeResponseSchema },
      },
    },
    async (request) => {
      const username = parseUsername(request.params);
      const actor = identityOf(request).username;
      const command = { username, ...request.body, actor, origin: originOf(request) };
      return { data: await freezeTransfers(deps, command) };
    },
  );
}

/** @throws NotFoundError (404) for a text that cannot be a username */
function parseUsername({ username }: z.output<typeof userParamsSchema>): Username {
  if (!usernameSchema.safeParse(username).success) throw new NotFoundError('The user');
  return username;
}
