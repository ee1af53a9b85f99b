import { assetIdSchema, decimalInput, descriptionSchema, usernameSchema } from '@cnop/common/entities/fields';
import { identityOf } from '@cnop/common/http/authentication';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import {
  previewUnitTransfer,
  transferUnits,
  unitTransferPreviewSchema,
  unitTransferReceiptSchema,
} from '../use-cases/transfers/transfer-units.ts';

const unitTransferSchema = z.strictObject({
  to: usernameSchema.describe('The username of the recipient.'),
  asset_id: assetIdSchema,
  quantity: decimalInput().brand<'Quantity'>().describe('Units, with at most the digits that the asset has.'),
  description: descriptionSchema.nullable().default(null).describe('Both users see it.'),
});

const docs = { tags: ['transfers'], security: BEARER_SECURITY };

/** Adds the routes that send units of an asset to another user. */
export function unitTransferRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.post(
    '/transfers/units',
    {
      config: { readsHeaders: ['Idempotency-Key'] },
      schema: {
        ...docs,
        summary: 'Transfer units of an asset to another user',
        description:
          'Takes effect at once and cannot be taken back. The recipient takes over their cost. Units held for open orders ' +
          'cannot be transferred.',
        body: unitTransferSchema,
        response: { 201: unitTransferReceiptSchema },
      },
    },
    async (request, reply) => {
      const { username, role } = identityOf(request);
      const { asset_id: assetId, ...body } = request.body;
      const key = idempotencyKeyOf(request);
      const intent = key && { username, route: 'unit_transfer', ...key };
      const { result, isReplayed } = await transferUnits(deps, { ...body, username, role, assetId, intent });
      markReplayed(reply, isReplayed);
      return reply.code(201).send(result);
    },
  );

  app.post(
    '/transfers/units/preview',
    {
      schema: {
        ...docs,
        summary: 'Preview a transfer of units without sending it',
        description:
          'Takes the body of POST /transfers/units and returns the position after it, or every reason why it would fail.',
        body: unitTransferSchema,
        response: { 200: z.object({ data: unitTransferPreviewSchema }) },
      },
    },
    async (request) => {
      const { username, role } = identityOf(request);
      const { to, asset_id: assetId, quantity } = request.body;
      return { data: await previewUnitTransfer(deps, { username, role, to, assetId, quantity }) };
    },
  );
}
