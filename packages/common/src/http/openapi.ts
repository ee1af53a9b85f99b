import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';

export const OPENAPI_PATH = '/openapi.json';

export interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

/** Serves the OpenAPI 3.1 document that the routes' own schemas make. Must come before the routes. */
export async function serveOpenApi(
  app: FastifyInstance,
  { title, description, version }: OpenApiOptions,
): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, description, version },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
  });
  app.get(OPENAPI_PATH, { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
    reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(app.swagger()),
  );
}

/** What the documentation says of a route that needs a signed-in user. */
export const BEARER_SECURITY = [{ bearer: [] }];
