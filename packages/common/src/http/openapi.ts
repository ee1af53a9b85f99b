import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';

export const OPENAPI_PATH = '/openapi.json';

/** The headers that handlers read themselves. They have no zod schema, which would be parsed for every request. */
const REQUEST_HEADERS = {
  'Idempotency-Key': {
    type: 'string',
    pattern: '^[\\x20-\\x7e]{1,128}$',
    description:
      'A unique key of your choice. A request with the same key and the same body within 24 hours returns ' +
      'the first response and takes effect only once.',
  },
  'Last-Event-ID': {
    type: 'string',
    pattern: '^\\d{1,16}$',
    description: 'The `id` of the last event that you received. The stream resumes after it.',
  },
} as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The headers that the handler reads, for the documentation of the route. */
    readsHeaders?: readonly (keyof typeof REQUEST_HEADERS)[];
  }
}

/** The `info` object of the document. */
export interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

/** Serves the OpenAPI 3.1 document of the schemas of all routes. Call it before you register the routes. */
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

/** The OpenAPI `security` member of a route for signed-in users. */
export const BEARER_SECURITY = [{ bearer: [] }];

/** Marks an operation with an optional body until the document is complete: the generator makes every body required. */
const OPTIONAL_BODY_MARK = 'x-optional-body';

const toJsonSchema = createJsonSchemaTransform({ skipList: [] });

/** Converts the schemas of a route, adds the headers that its handler reads, and marks an optional body. */
function describeRoute(input: Parameters<typeof toJsonSchema>[0]): ReturnType<typeof toJsonSchema> {
  const { schema, url } = toJsonSchema(input);
  const body: unknown = input.schema?.body;
  // A handler receives null for an absent body.
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

/** Removes null from the alternatives of a schema: a client leaves out an optional body and never sends null. */
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

/** Replaces the mark of each operation with an optional body by `required: false`. */
function withOptionalBodies<Document extends { readonly paths?: object }>(document: Document): Document {
  const paths = pathsSchema.parse(document.paths ?? {});
  for (const operation of Object.values(paths).flatMap((operations) => Object.values(operations))) {
    const { [OPTIONAL_BODY_MARK]: isOptional, requestBody } = operation;
    if (isOptional && requestBody) operation.requestBody = { ...requestBody, required: false };
    delete operation[OPTIONAL_BODY_MARK];
  }
  return { ...document, paths };
}
