import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GuardOptions } from './guard.ts';
import { createGuard } from './guard.ts';
import type { PathParameters } from './path-template.ts';
import { createPathTemplate } from './path-template.ts';
import type { PublicRoute } from './route-table.ts';
import { API_PREFIX, ROUTE_TABLE } from './route-table.ts';
import type { Upstream, Upstreams } from './upstream.ts';

export interface PublicRoutesOptions extends GuardOptions {
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
  const forward: ForwardRequest = (request, reply) =>
    upstream.forward(request, reply, {
      url: template.build(request.params) + queryOf(request.raw.url),
      clientAddress: options.originOf(request.raw).address,
      timeout: route.timeout,
    });
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

function queryOf(url = ''): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}
