import { proposalIdSchema } from '@cnop/common/entities/fields';
import {
  assetCreateSchema,
  assetPriceUpdateSchema,
  assetUpdateSchema,
} from '@cnop/common/entities/inventory/asset-input';
import { priceProposalSchema } from '@cnop/common/entities/inventory/price-proposal';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { activateAsset, createAsset, deactivateAsset, updateAsset } from '../use-cases/change-asset.ts';
import type { InventoryDependencies } from '../use-cases/dependencies.ts';
import {
  approvePriceProposal,
  listPriceProposals,
  rejectPriceProposal,
  setAssetPrice,
} from '../use-cases/set-asset-price.ts';
import { assetParamsSchema, assetReplySchema, callerOf, noBodySchema } from './inventory-requests.ts';

const ADMINS = { access: ['admin'] } as const;
const STAFF = { access: ['admin', 'moderator'] } as const;
const proposalReplySchema = z.object({ data: priceProposalSchema });
const proposalParamsSchema = assetParamsSchema.extend({ id: proposalIdSchema.describe('The proposal_id.') });
const SHARED = { tags: ['inventory administration'], security: BEARER_SECURITY };

/** Registers the routes with which administrators and moderators change the catalogue. */
export function assetAdministrationRoutes(app: ServiceApp, deps: InventoryDependencies): void {
  serveCreate(app, deps);
  serveUpdate(app, deps);
  serveTradingSwitches(app, deps);
  servePrice(app, deps);
  serveProposals(app, deps);
}

function serveCreate(app: ServiceApp, deps: InventoryDependencies): void {
  app.post(
    '/inventory/assets',
    {
      config: ADMINS,
      schema: {
        ...SHARED,
        summary: 'Add an asset to the catalogue',
        body: assetCreateSchema,
        response: { 201: assetReplySchema },
      },
    },
    async (request, reply) => {
      const data = await createAsset(deps, {
        caller: callerOf(request),
        input: request.body,
      });
      return reply.code(201).send({ data });
    },
  );
}

function serveUpdate(app: ServiceApp, deps: InventoryDependencies): void {
  app.put(
    '/inventory/assets/:asset_id',
    {
      config: ADMINS,
      schema: {
        ...SHARED,
        summary: 'Edit an asset, except its id and its price',
        params: assetParamsSchema,
        body: assetUpdateSchema,
        response: { 200: assetReplySchema },
      },
    },
    async (request) => {
      const { asset_id: assetId } = request.params;
      const command = { caller: callerOf(request), assetId, changes: request.body };
      return { data: await updateAsset(deps, command) };
    },
  );
}

function serveTradingSwitches(app: ServiceApp, deps: InventoryDependencies): void {
  const switches = [
    { path: 'activate', summary: 'Open an asset for trading', useCase: activateAsset },
    { path: 'deactivate', summary: 'Close an asset for trading', useCase: deactivateAsset },
  ];
  for (const { path, summary, useCase } of switches) {
    app.post(
      `/inventory/assets/:asset_id/${path}`,
      {
        config: STAFF,
        schema: {
          ...SHARED,
          summary,
          params: assetParamsSchema,
          body: noBodySchema,
          response: { 200: assetReplySchema },
        },
      },
      async (request) => {
        const command = { caller: callerOf(request), assetId: request.params.asset_id };
        return { data: await useCase(deps, command) };
      },
    );
  }
}

const PRICE_DESCRIPTION =
  'One person may move a price by PRICE_MANUAL_MAX_PERCENT within an hour; moves up and down add up. A larger step is ' +
  'refused with the code `needs_second_administrator`. With `force` it is proposed instead (202). It is set when a ' +
  'second administrator approves the proposal or sends the same request.';

function servePrice(app: ServiceApp, deps: InventoryDependencies): void {
  app.put(
    '/inventory/assets/:asset_id/price',
    {
      config: STAFF,
      schema: {
        ...SHARED,
        summary: 'Set the price of an asset',
        description: PRICE_DESCRIPTION,
        params: assetParamsSchema,
        body: assetPriceUpdateSchema,
        response: {
          200: assetReplySchema.describe('The asset at its new price.'),
          202: proposalReplySchema.describe('The proposal. The price has not changed.'),
        },
      },
    },
    async (request, reply) => {
      const { asset_id: assetId } = request.params;
      const command = { caller: callerOf(request), assetId, ...request.body };
      const outcome = await setAssetPrice(deps, command);
      if (outcome.kind === 'set') return { data: outcome.asset };
      return reply.code(202).send({ data: outcome.proposal });
    },
  );
}

function serveProposals(app: ServiceApp, deps: InventoryDependencies): void {
  app.get(
    '/inventory/price-proposals',
    {
      config: STAFF,
      schema: {
        ...SHARED,
        summary: 'List the prices proposed to a second administrator',
        response: { 200: z.object({ data: z.array(priceProposalSchema) }) },
      },
    },
    async () => ({ data: await listPriceProposals(deps) }),
  );

  app.post(
    '/inventory/assets/:asset_id/price-proposals/:id/approve',
    {
      config: ADMINS,
      schema: {
        ...SHARED,
        summary: 'Approve a proposed price, as a second administrator',
        params: proposalParamsSchema,
        body: noBodySchema,
        response: { 200: assetReplySchema.describe('The asset at its new price.') },
      },
    },
    async (request) => ({ data: await approvePriceProposal(deps, decisionOf(request)) }),
  );

  app.post(
    '/inventory/assets/:asset_id/price-proposals/:id/reject',
    {
      config: STAFF,
      schema: {
        ...SHARED,
        summary: 'Reject a proposed price, or withdraw your own',
        params: proposalParamsSchema,
        body: noBodySchema,
        response: { 200: proposalReplySchema.describe('The rejected proposal.') },
      },
    },
    async (request) => ({ data: await rejectPriceProposal(deps, decisionOf(request)) }),
  );
}

function decisionOf(request: FastifyRequest<{ Params: z.output<typeof proposalParamsSchema> }>) {
  const { asset_id: assetId, id: proposalId } = request.params;
  return { caller: callerOf(request), assetId, proposalId };
}
