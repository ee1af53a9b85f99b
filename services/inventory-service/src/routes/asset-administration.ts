import {
  assetCreateSchema,
  assetPriceUpdateSchema,
  assetUpdateSchema,
} from '@cnop/common/entities/inventory/asset-input';
import { identityOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import type { FastifyRequest } from 'fastify';
import { getInventory } from '../dependencies.ts';
import { createAsset } from '../use-cases/create-asset.ts';
import type { Caller } from '../use-cases/dependencies.ts';
import { setAssetPrice } from '../use-cases/set-asset-price.ts';
import { activateAsset, deactivateAsset } from '../use-cases/switch-trading.ts';
import { updateAsset } from '../use-cases/update-asset.ts';
import { assetParamsSchema, assetReplySchema, noBodySchema } from './asset-schemas.ts';

const ADMINS = { access: ['admin'] } as const;
const STAFF = { access: ['admin', 'moderator'] } as const;
const SHARED = { tags: ['inventory administration'], security: BEARER_SECURITY };

/** What administrators, and in part moderators, may change in the catalogue. */
export function assetAdministrationRoutes(app: ServiceApp): void {
  serveCreate(app);
  serveUpdate(app);
  serveTradingSwitches(app);
  servePrice(app);
}

function serveCreate(app: ServiceApp): void {
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
      const data = await createAsset(getInventory(request), {
        caller: callerOf(request),
        input: request.body,
      });
      return reply.code(201).send({ data });
    },
  );
}

function serveUpdate(app: ServiceApp): void {
  app.put(
    '/inventory/assets/:asset_id',
    {
      config: ADMINS,
      schema: {
        ...SHARED,
        summary: 'Edit an asset; its id and its price are not edited here',
        params: assetParamsSchema,
        body: assetUpdateSchema,
        response: { 200: assetReplySchema },
      },
    },
    async (request) => {
      const { asset_id: assetId } = request.params;
      const command = { caller: callerOf(request), assetId, changes: request.body };
      return { data: await updateAsset(getInventory(request), command) };
    },
  );
}

function serveTradingSwitches(app: ServiceApp): void {
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
        return { data: await useCase(getInventory(request), command) };
      },
    );
  }
}

function servePrice(app: ServiceApp): void {
  app.put(
    '/inventory/assets/:asset_id/price',
    {
      config: STAFF,
      schema: {
        ...SHARED,
        summary: 'Set the price of an asset',
        params: assetParamsSchema,
        body: assetPriceUpdateSchema,
        response: { 200: assetReplySchema },
      },
    },
    async (request) => {
      const { asset_id: assetId } = request.params;
      const command = { caller: callerOf(request), assetId, price: request.body.price };
      return { data: await setAssetPrice(getInventory(request), command) };
    },
  );
}

function callerOf(request: FastifyRequest): Caller {
  const { username } = identityOf(request);
  return { username, userAgent: request.headers['user-agent'], requestId: request.id };
}
