import type { ServerResponse } from 'node:http';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Span, Tracing } from '../tracing/tracing.ts';
import {
  followSpans,
  formatTraceparent,
  parseTraceparent,
  runInSpan,
  traceStep,
} from '../tracing/tracing.ts';

const TRACEPARENT = 'traceparent';
/** Probes and scrapes are frequent, and tell nothing of a request. */
const UNTRACED_ROUTE = /^\/(?:health|metrics)\b/;
const SERVER_ERROR_MIN = 500;

/**
 * Makes each request of an app a span with the name of its route, and the handler of a documented route a span with its
 * summary, such as `Place an order`. The span replaces the `traceparent` header, so that it is the parent of what the
 * request is forwarded to. Call it before the hooks and routes that it measures.
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.decorateRequest('span', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    if (UNTRACED_ROUTE.test(route)) return done();
    const { method, raw } = request;
    const span = tracing.startRequest(`${method} ${route}`, parseTraceparent(raw.headers[TRACEPARENT]), {
      'http.request.method': method,
      'http.route': route,
    });
    request.span = span;
    raw.headers[TRACEPARENT] = formatTraceparent(span);
    if (span.isSampled) endWithResponse(span, reply.raw);
    runInSpan(span, done);
  });
  // The body arrives in the context of its socket.
  app.addHook('preValidation', (request, _reply, done) => runInSpan(request.span, done));
  app.addHook('onRoute', traceHandler);
}

/** Ends the span of a request when its response is sent or its client is gone. */
function endWithResponse(span: Span, response: ServerResponse): void {
  const leave = followSpans();
  response.once('close', () => {
    const { statusCode, writableFinished } = response;
    span.set({ 'http.response.status_code': statusCode });
    if (!writableFinished) span.fail('ClientGone');
    else if (statusCode >= SERVER_ERROR_MIN) span.fail(statusCode);
    span.end();
    leave();
  });
}

function traceHandler(route: RouteOptions): void {
  const { handler, schema } = route;
  const summary = schema?.summary;
  if (summary === undefined) return;
  route.handler = function traced(request, reply) {
    const { span } = request;
    if (!span?.isSampled) return handler.call(this, request, reply);
    return runInSpan(span, () => traceStep(summary, {}, async () => handler.call(this, request, reply)));
  };
}
