import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';
import type { RequestOrigin } from '../auth/client-address.ts';
import type { ClientAddressOf } from '../auth/gateway-hop.ts';
import { createIsoTime } from '../process/logger.ts';
import { dependency } from './dependencies.ts';

export const REQUEST_ID_HEADER = 'x-request-id';
const REQUEST_ID_PATTERN = /^[\w.-]{1,64}$/;

/** Returns the request id of the client when it has 1 to 64 letters, digits, `_`, `.` or `-`, else a new UUID. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && REQUEST_ID_PATTERN.test(given) ? given : randomUUID();
}

/** Makes an app send the request id with every response, in `x-request-id`. */
export function echoRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    done();
  });
}

/**
 * Logs one line for each finished request. The line is built by hand, which takes a fifth of the time of the logger. No
 * value needs escaping: the route is declared by us, Node checks the method, and `requestIdOf` checks the id.
 */
export function logRequests(app: FastifyInstance, logger: Logger, service: string): void {
  if (!logger.isLevelEnabled('info')) return;
  const stream = Reflect.get(logger, pino.symbols.streamSym) as DestinationStream;
  const time = createIsoTime();
  const level = pino.levels.values['info'];
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const durationMilliseconds = Math.round(reply.elapsedTime * 10) / 10;
    stream.write(
      `{"level":${level}${time()},"service":"${service}","request_id":"${request.id}","method":"${request.method}",` +
        `"route":"${route}","status":${reply.statusCode},"duration_ms":${durationMilliseconds},"msg":"request completed"}\n`,
    );
    done();
  });
}

const [provideClientAddressOf, getClientAddressOf] = dependency<ClientAddressOf>('clientAddressOf');

export { provideClientAddressOf };

/** Returns where a request came from. The address is never what the client claims. */
export function originOf(request: FastifyRequest): RequestOrigin {
  return {
    address: getClientAddressOf(request)(request.raw),
    userAgent: request.headers['user-agent'],
    requestId: request.id,
  };
}
