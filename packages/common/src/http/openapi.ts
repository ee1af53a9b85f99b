import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';

export const OPENAPI_PATH = '/openapi.json';

/** Request headers that a handler reads itself: they have no schema that every request would be parsed with. */
const REQUEST_HEADERS = {
  'Idempotency-Key': {
    type: 'string',
    pattern: '^[\\x20-\\x7e]{1,128}$',
    description:
      'Your name for this request. Sent again with the same body within 24 hours, it gets the first answer and has no ' +
      'second effect.',
  },
  'Last-Event-ID': {
    type: 'string',
    pattern: '^\\d{1,16}$',
    description: 'The `id` of the last event received: the stream resumes after it.',
  },
} as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Headers that the handler reads, for the description of the route. */
    readsHeaders?: readonly (keyof typeof REQUEST_HEADERS)[];
  }
}

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
    transform: describeRoute,
    transformObject: (document) =>
      'openapiObject' in document ? withOptionalBodies(document.openapiObject) : document.swaggerObject,
  });
  app.get(OPENAPI_PATH, { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
    reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(app.swagger()),
  );
}

/** What the documentation says of a route that needs a signed-in user. */
export const BEARER_SECURITY = [{ bearer: [] }];

/** Marks an operation until the document is complete: the generator requires every body that has a schema. */
const OPTIONAL_BODY_MARK = 'x-optional-body';

const toJsonSchema = createJsonSchemaTransform({ skipList: [] });

/** Translates the schemas of a route, with the headers that its handler reads and whether it needs a body. */
function describeRoute(input: Parameters<typeof toJsonSchema>[0]): ReturnType<typeof toJsonSchema> {
  const { schema, url } = toJsonSchema(input);
  const body: unknown = input.schema?.body;
  // An absent body is null to a handler.
  const isOptional = body instanceof z.ZodType && body.safeParse(null).success;
  const names = input.route.config?.readsHeaders ?? [];
  const properties = Object.fromEntries(names.map((name) => [name, REQUEST_HEADERS[name]]));
  return {
    schema: {
      ...schema,
      ...(names.length > 0 && { headers: { type: 'object', properties } }),
      ...(isOptional && { body: withoutNull(schema.body), [OPTIONAL_BODY_MARK]: true }),
    },
    url,
  };
}

const alternativesSchema = z.looseObject({ anyOf: z.array(z.looseObject({ type: z.unknown() })) });

/** Reduces "this or null" to this: nothing sends null for a body that may be left out. */
function withoutNull(schema: unknown): unknown {
  const { anyOf, ...rest } = alternativesSchema.safeParse(schema).data ?? {};
  const [only, ...others] = anyOf?.filter(({ type }) => type !== 'null') ?? [];
  return only && others.length === 0 ? { ...rest, ...only } : schema;
}

const pathsSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.looseObject({
      requestBody: z.looseObject({}).optional(),
      [OPTIONAL_BODY_MARK]: z.literal(true).optional(),
    }),
  ),
);

/** Replaces the mark of each operation whose body may be absent by what OpenAPI says for it. */
function withOptionalBodies<Document extends { readonly paths?: object }>(document: Document): Document {
  const paths = pathsSchema.parse(document.paths ?? {});
  for (const operation of Object.values(paths).flatMap((operations) => Object.values(operations))) {
    const { [OPTIONAL_BODY_MARK]: isOptional, requestBody } = operation;
    if (isOptional && requestBody) operation.requestBody = { ...requestBody, required: false };
    delete operation[OPTIONAL_BODY_MARK];
  }
  return { ...document, paths };
}
