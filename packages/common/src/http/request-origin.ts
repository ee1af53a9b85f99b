import type { FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../auth/client-address.ts';
import type { ClientAddressOf } from '../auth/gateway-hop.ts';
import { dependency } from './dependencies.ts';

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
