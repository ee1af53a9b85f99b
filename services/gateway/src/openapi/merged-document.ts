import { UpstreamError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { PublicRoute } from '../route-table.ts';
import { API_PREFIX, ROUTE_TABLE } from '../route-table.ts';
import type { UpstreamName, Upstreams } from '../upstreams/upstream.ts';
import { UPSTREAM_NAMES } from '../upstreams/upstream.ts';
import { APP_INFO_PATH, appInfoSchema } from '../web/app-info.ts';
import { withCookieMode } from './cookie-mode.ts';
import type { Components } from './merge-components.ts';
import { mergeComponents, withReferences } from './merge-components.ts';
import type { OpenApiDocument, OpenApiOperation } from './openapi-document.ts';
import { openApiDocumentSchema, openApiOperationSchema } from './openapi-document.ts';
import {
  PROBLEM_HEADERS,
  PROBLEM_REFERENCE,
  PROBLEM_RESPONSE,
  PROBLEM_SCHEMA,
  REQUEST_ID_PARAMETER,
  RESPONSE_HEADERS,
  withSharedHeaders,
} from './shared-parts.ts';

/**
 * Reads and merges the documents of all services.
 * @throws UpstreamError (502) when one cannot be read
 */
export async function readMergedDocument(upstreams: Upstreams, version: string): Promise<OpenApiDocument> {
  const read = async (name: UpstreamName): Promise<[UpstreamName, OpenApiDocument]> => {
    try {
      return [name, openApiDocumentSchema.parse(await upstreams[name].readDocument())];
    } catch (cause) {
      throw new UpstreamError(`The document of the ${name} service cannot be read.`, { cause });
    }
  };
  return mergeDocuments(new Map(await Promise.all(UPSTREAM_NAMES.map(read))), version);
}

const BEARER_SCHEME = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' };

/**
 * Merges the documents of the services: the routes of the table under their public paths, each with the error response, and
 * the gateway's own route. A route that its service does not describe is left out.
 */
export function mergeDocuments(
  documents: ReadonlyMap<UpstreamName, OpenApiDocument>,
  version: string,
): OpenApiDocument {
  const components: Components = {
    securitySchemes: { bearer: BEARER_SCHEME },
    schemas: { Problem: PROBLEM_SCHEMA },
    responses: { Problem: { ...PROBLEM_RESPONSE, headers: PROBLEM_HEADERS } },
    headers: RESPONSE_HEADERS,
    parameters: { RequestId: REQUEST_ID_PARAMETER },
  };
  const paths: Record<string, Record<string, unknown>> = {};
  const takenIds = new Set<string>();

  for (const [upstream, document] of documents) {
    const renamed = mergeComponents(components, document.components, upstream);
    for (const route of ROUTE_TABLE.filter((candidate) => candidate.upstream === upstream)) {
      const described = findOperation(document, route);
      if (!described) continue;
      const path = `${API_PREFIX}${described.path}`;
      const operation = openApiOperationSchema.parse(withReferences(described.operation, renamed));
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: complete(operation, route, takenIds) };
    }
  }
  paths[APP_INFO_PATH] = { get: complete(APP_INFO_OPERATION, APP_INFO_ROUTE, takenIds) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cloud Native Order Processor',
      description: 'Accounts, cash, orders and a portfolio. Amounts are decimal strings, times are UTC.',
      version,
    },
    servers: [{ url: '/' }],
    paths,
    components,
  };
}

/** Finds the operation of a route, for any names of its parameters. */
function findOperation(
  document: OpenApiDocument,
  route: PublicRoute,
): { readonly path: string; readonly operation: unknown } | undefined {
  const shape = route.path.replaceAll(/:\w+/g, '{}');
  for (const [path, operations] of Object.entries(document.paths)) {
    const operation = operations[route.method.toLowerCase()];
    if (operation !== undefined && path.replaceAll(/\{\w+\}/g, '{}') === shape) return { path, operation };
  }
  return undefined;
}

/** The members of a route that its operation describes. */
type DescribedRoute = Pick<PublicRoute, 'method' | 'path' | 'access'>;

function complete(
  operation: OpenApiOperation,
  route: DescribedRoute,
  takenIds: Set<string>,
): OpenApiOperation {
  const described = withSharedHeaders(withCookieMode(operation, route.path));
  return {
    ...described,
    operationId: uniqueId(operation.operationId ?? operationIdOf(route), takenIds),
    security: route.access === 'public' ? [] : [{ bearer: [] }],
    responses: { ...described.responses, default: PROBLEM_REFERENCE },
  };
}

/** Returns an operation id: `GET /orders/:id` is `getOrdersById`. */
function operationIdOf({ method, path }: DescribedRoute): string {
  const words = path.split(/[/\-_]/).filter(Boolean);
  const spoken = words.map((word) =>
    word.startsWith(':') ? `By${capitalize(word.slice(1))}` : capitalize(word),
  );
  return method.toLowerCase() + spoken.join('');
}

function uniqueId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let copy = 2; taken.has(id); copy++) id = `${wanted}${copy}`;
  taken.add(id);
  return id;
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const { $schema: _dialect, ...appInfoJsonSchema } = z.toJSONSchema(appInfoSchema);

/** The only API route that the gateway serves itself. */
const APP_INFO_ROUTE = { method: 'GET', path: '/app-info', access: 'public' } as const;

const APP_INFO_OPERATION: OpenApiOperation = {
  operationId: 'getAppInfo',
  tags: ['app'],
  summary: 'Read the mode and features of this installation',
  responses: {
    200: {
      description: 'The mode and features of this installation.',
      content: { 'application/json': { schema: appInfoJsonSchema } },
    },
  },
};
