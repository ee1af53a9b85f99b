import { assetIdParameterSchema } from '@cnop/common/entities/fields';
import { assetResponseSchema } from '@cnop/common/entities/inventory/asset';
import { identityOf, originOf } from '@cnop/common/http/authentication';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../use-cases/dependencies.ts';

export const assetParamsSchema = z.strictObject({ asset_id: assetIdParameterSchema });

export const assetReplySchema = z.object({ data: assetResponseSchema });

/** The body of a command whose path says everything: none, or an empty object. */
export const noBodySchema = z.strictObject({}).nullable();

/** Returns the authenticated caller with the origin of the request. */
export function callerOf(request: FastifyRequest): Caller {
  const { username, role } = identityOf(request);
  return { username, role, origin: originOf(request) };
}
