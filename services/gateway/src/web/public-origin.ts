import type { IncomingMessage } from 'node:http';
import { clientAddressOf, createTrustedProxies } from '@cnop/common/auth/client-address';

/** Where the client thinks it sent its request, as a browser writes an origin; empty when that cannot be said. */
export type PublicOriginOf = (request: IncomingMessage) => string;

/**
 * Makes the function that says it: the Host header over plain HTTP, since the gateway itself speaks no TLS, or what a
 * trusted proxy at the other end of the connection says it was asked for.
 * @param trustedProxies addresses and networks
 */
export function createPublicOrigin(trustedProxies: readonly string[]): PublicOriginOf {
  const trusted = createTrustedProxies(trustedProxies);
  return ({ headers, socket }) => {
    const isFromProxy = trusted.has(clientAddressOf(socket.remoteAddress, undefined, trusted));
    const forwarded = (name: string) => (isFromProxy ? firstOf(headers[name]) : undefined);
    const scheme = forwarded('x-forwarded-proto') === 'https' ? 'https' : 'http';
    const address = `${scheme}://${forwarded('x-forwarded-host') ?? headers.host ?? ''}`;
    return URL.canParse(address) ? new URL(address).origin : '';
  };
}

/** Of several proxies the first one talked to the client. */
function firstOf(header: string | string[] | undefined): string | undefined {
  return (
    String(header ?? '')
      .split(',')[0]
      ?.trim()
      .toLowerCase() || undefined
  );
}
