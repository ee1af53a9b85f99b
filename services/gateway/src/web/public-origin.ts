import type { IncomingMessage } from 'node:http';
import { clientAddressOf, createTrustedProxies } from '@cnop/common/auth/client-address';

/** Returns the origin that the client addressed, in the form of a browser; empty when it is unknown. */
export type PublicOriginOf = (request: IncomingMessage) => string;

/**
 * Makes the function that returns the public origin of a request: the Host header over plain HTTP, since the gateway itself
 * has no TLS, or the scheme and host that a trusted proxy reports.
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

/** Returns the first value of a list: of several proxies the first one talked to the client. */
function firstOf(header: string | string[] | undefined): string | undefined {
  return (
    String(header ?? '')
      .split(',')[0]
      ?.trim()
      .toLowerCase() || undefined
  );
}
