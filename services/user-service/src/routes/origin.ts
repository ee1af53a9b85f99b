import { clientAddressOf } from '@cnop/common/auth/client-address';
import type { FastifyRequest } from 'fastify';
import { getTrustedProxies } from '../dependencies.ts';
import type { RequestOrigin } from '../use-cases/request-origin.ts';

/** Where a request came from. What the client itself claims about it counts for nothing. */
export function originOf(request: FastifyRequest): RequestOrigin {
  return {
    address: clientAddressOf(
      request.raw.socket.remoteAddress,
      request.headers['x-forwarded-for'],
      getTrustedProxies(request),
    ),
    userAgent: request.headers['user-agent'],
    requestId: request.id,
  };
}
