import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { GuardOptions } from './guard.ts';
import { createGuard } from './guard.ts';
import type { PublicRoute } from './route-table.ts';
import { API_PREFIX, PARAMETER_SCHEMAS, ROUTE_TABLE } from './route-table.ts';
import type { Upstream, Upstreams } from './upstreams/upstream.ts';

interface PublicRoutesOptions extends GuardOptions {
  readonly upstreams: Upstreams;
}

/** Serves the routes of the table by forwarding them to their services. */
export async function servePublicRoutes(app: FastifyInstance, options: PublicRoutesOptions): Promise<void> {
  for (const bodyIsReadBy of ['gateway', 'service'] as const) {
    const routes = ROUTE_TABLE.filter(
      ({ upstream }) => options.upstreams[upstream].bodyIsReadBy === bodyIsReadBy,
    );
    await app.register(
      (scope, _, done) => {
        readBodies(scope, bodyIsReadBy);
        for (const route of routes) serveRoute(scope, route, options);
        done();
      },
      { prefix: API_PREFIX },
    );
  }
}

type ForwardRequest = (
  request: FastifyRequest<{ Params: PathParameters }>,
  reply: FastifyReply,
) => ReturnType<Upstream['forward']>;

/** Reads bodies of any media type without parsing them, or leaves them to the service. */
function readBodies(scope: FastifyInstance, reader: Upstream['bodyIsReadBy']): void {
  scope.removeAllContentTypeParsers();
  if (reader === 'service') scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
  else scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function serveRoute(scope: FastifyInstance, route: PublicRoute, options: PublicRoutesOptions): void {
  const upstream = options.upstreams[route.upstream];
  const template = createPathTemplate(route.path);
  const guard = createGuard(route, options);
  const forward: ForwardRequest = (request, reply) => {
    const clientAddress = options.originOf(request.raw).address;
    return upstream.forward(request, reply, {
      url: template.build(request.params) + queryOf(request.raw.url),
      headers: forwardableHeaders(request.headers, { requestId: request.id, clientAddress }),
      clientAddress,
      timeout: route.timeout,
    });
  };
  // Without a body to read or a parameter to check, the last hook forwards the request at once and never calls back, which
  // skips the rest of Fastify's request lifecycle.
  const isForwardedAtOnce = upstream.bodyIsReadBy === 'service' && !template.schema;
  scope.route<{ Params: PathParameters }>({
    method: route.method,
    url: route.path,
    config: { access: route.access },
    // A HEAD request of a stream would never end.
    exposeHeadRoute: route.timeout !== 'stream',
    ...(template.schema && { schema: { params: template.schema } }),
    onRequest: isForwardedAtOnce ? [guard, (request, reply) => void forward(request, reply)] : guard,
    handler: forward,
  });
}

/**
 * The only headers of a client that the gateway forwards. It does not forward:
 *
 * - headers that name the user: services trust only the token;
 * - `content-length`, `transfer-encoding`, `connection`, `host`: the gateway sends its own message;
 * - `accept-encoding`: only the gateway compresses responses to the client;
 * - `x-forwarded-*`, `forwarded`, `x-real-ip`: the gateway sets its own.
 */
export const FORWARDED_HEADERS = [
  'authorization',
  'accept',
  'content-type',
  'idempotency-key',
  'last-event-id',
  'traceparent',
  'user-agent',
  'webhook-signature',
] as const;

/** The facts that the gateway adds to a forwarded request. */
export interface ForwardingContext {
  readonly requestId: string;
  /** The address of the client as the gateway sees it; replaces any address that the client claims. */
  readonly clientAddress: string;
}

/**
 * Returns the headers of the gateway's request to a service. A repeated header is left out.
 * @param headers `request.headers` of Node, names in lower case
 */
export function forwardableHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  { requestId, clientAddress }: ForwardingContext,
): Record<string, string> {
  const forwarded: Record<string, string> = { 'x-request-id': requestId, 'x-forwarded-for': clientAddress };
  for (const name of FORWARDED_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') forwarded[name] = value;
  }
  return forwarded;
}

function queryOf(url = ''): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

const PARAMETER_PATTERN = /:(\w+)/g;

/** The parsed values of a path's parameters. */
type PathParameters = Readonly<Record<string, string>>;

/** A path such as `/orders/:id`, parsed once. */
interface PathTemplate {
  /** The schema of the parameters; undefined without parameters. */
  readonly schema: z.ZodType<PathParameters> | undefined;
  build(parameters: PathParameters): string;
}

/**
 * Parses the path of a route.
 * @throws Error for a parameter without a schema: a path is built only from validated values
 */
function createPathTemplate(path: string): PathTemplate {
  const names = Array.from(path.matchAll(PARAMETER_PATTERN), ([, name = '']) => name);
  if (names.length === 0) return { schema: undefined, build: () => path };
  const texts = path.split(/:\w+/);
  return {
    schema: z.strictObject(Object.fromEntries(names.map((name) => [name, schemaOf(name)]))),
    build(parameters) {
      let built = texts[0] ?? '';
      for (const [index, name] of names.entries()) {
        built += encodeURIComponent(parameters[name] ?? '') + (texts[index + 1] ?? '');
      }
      return built;
    },
  };
}

function schemaOf(name: string): z.ZodType<string> {
  if (!Object.hasOwn(PARAMETER_SCHEMAS, name)) throw new Error(`The path parameter "${name}" has no schema.`);
  return PARAMETER_SCHEMAS[name as keyof typeof PARAMETER_SCHEMAS];
}

/** In lower case, as Node returns it. */
export const MODE_HEADER = 'x-session-mode';
/** The constraint of routes for requests with `X-Session-Mode: cookie`. */
export const COOKIE_MODE = { sessionMode: 'cookie' } as const;

type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0];
type RouteStorage = ReturnType<Strategy['storage']>;
type RouteHandler = ReturnType<RouteStorage['get']>;

/** Allows a route to have a second form for browsers. Any other mode, and no mode, selects the first form. */
export function distinguishSessionModes(app: FastifyInstance): void {
  app.addConstraintStrategy({
    name: 'sessionMode',
    mustMatchWhenDerived: false,
    deriveConstraint: (request) => request.headers[MODE_HEADER],
    storage() {
      const handlers = new Map<unknown, RouteHandler>();
      return {
        get: (mode) => handlers.get(mode) ?? null,
        set: (mode, handler) => void handlers.set(mode, handler),
      };
    },
  });
}
