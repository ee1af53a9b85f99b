import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { clientAddressOf, createTrustedProxies } from '@cnop/common/auth/client-address';

const SAME_ORIGIN = 'same-origin';

/**
 * Returns whether a request is same-origin. A browser sends a cookie with requests of any page, so the cookie alone does not
 * prove that the user wanted the request. No script can set the headers that this function reads.
 * @param ownOrigin the origin that the client sees, such as `https://app.example.com`
 */
export function isSameOriginRequest(headers: IncomingHttpHeaders, ownOrigin: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== SAME_ORIGIN) return false;
  if (origin === undefined) return site === SAME_ORIGIN;
  if (origin === ownOrigin) return true;
  // Behind an untrusted proxy that terminates TLS the known scheme is wrong, but `Sec-Fetch-Site` is right.
  return site === SAME_ORIGIN && hostOf(origin) !== '' && hostOf(origin) === hostOf(ownOrigin);
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}

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
