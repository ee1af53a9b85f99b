import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../auth/client-address.ts';
import type { ClientAddressOf } from '../auth/gateway-hop.ts';

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

/** Logs one line for each finished request of an app, without its body, query and headers. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    app.log.info(
      {
        request_id: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request completed',
    );
    done();
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The address that a request came from; never what the client claims. */
    readonly clientAddress: string;
  }
}

/** Gives each request of an app its `clientAddress`. It is read on demand, since few routes need it. */
export function readClientAddresses(app: FastifyInstance, clientAddressOf: ClientAddressOf): void {
  app.decorateRequest('clientAddress', {
    getter() {
      return clientAddressOf(this.raw);
    },
  });
}

/** Returns where a request came from. */
export function originOf(request: FastifyRequest): RequestOrigin {
  return {
    address: request.clientAddress,
    userAgent: request.headers['user-agent'],
    requestId: request.id,
  };
}
