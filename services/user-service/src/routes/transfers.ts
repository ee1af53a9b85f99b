import { descriptionSchema, usdInput, usernameSchema } from '@cnop/common/entities/fields';
import { identityOf } from '@cnop/common/http/authentication';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import {
  previewTransfer,
  readTransferAllowance,
  transferAllowanceSchema,
  transferCash,
  transferPreviewSchema,
  transferReceiptSchema,
} from '../use-cases/transfers/transfer-cash.ts';

const transferSchema = z.strictObject({
  to: usernameSchema.describe('The username of the recipient.'),
  amount: usdInput(),
  description: descriptionSchema.nullable().default(null).describe('Both users see it.'),
});

const docs = { tags: ['transfers'], security: BEARER_SECURITY };

/** Adds the routes that send cash to another user. */
export function transferRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/transfers/limits',
    {
      schema: {
        ...docs,
        summary: 'Read the daily limits of transfers',
        description: 'With what is used of them today, and whether staff have frozen the transfers.',
        response: { 200: z.object({ data: transferAllowanceSchema }) },
      },
    },
    async (request) => ({ data: await readTransferAllowance(deps, identityOf(request).username) }),
  );

  app.post(
    '/transfers',
    {
      config: { readsHeaders: ['Idempotency-Key'] },
      schema: {
        ...docs,
        summary: 'Transfer cash to another user',
        description:
          'Takes effect at once and cannot be taken back. Cash held for open orders cannot be transferred.',
        body: transferSchema,
        response: { 201: transferReceiptSchema },
      },
    },
    async (request, reply) => {
      const { username } = identityOf(request);
      const key = idempotencyKeyOf(request);
      const intent = key && { username, route: 'transfer', ...key };
      const { result, isReplayed } = await transferCash(deps, { username, ...request.body, intent });
      markReplayed(reply, isReplayed);
      return reply.code(201).send(result);
    },
  );

  app.post(
    '/transfers/preview',
    {
      schema: {
        ...docs,
        summary: 'Preview a transfer without sending it',
        description:
          'Takes the body of POST /transfers and returns the cash after it, or every reason why it would fail.',
        body: transferSchema,
        response: { 200: z.object({ data: transferPreviewSchema }) },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const { to, amount } = request.body;
      return { data: await previewTransfer(deps, { username, to, amount }) };
    },
  );
}
