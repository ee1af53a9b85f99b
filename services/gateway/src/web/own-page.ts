import type { IncomingHttpHeaders } from 'node:http';

const SAME_ORIGIN = 'same-origin';

/**
 * Whether a request was sent by a page of this very gateway. A cookie goes to its host whichever page asks, so it
 * alone does not say that its user wanted the request. No script can set the headers that this reads.
 * @param ownOrigin what the client sees, such as `https://app.example.com`
 */
export function isFromOwnPage(headers: IncomingHttpHeaders, ownOrigin: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== SAME_ORIGIN) return false;
  if (origin === undefined) return site === SAME_ORIGIN;
  if (origin === ownOrigin) return true;
  // Behind a proxy that ends TLS and is not listed as trusted, the scheme we know is wrong. The browser's is not.
  return site === SAME_ORIGIN && hostOf(origin) !== '' && hostOf(origin) === hostOf(ownOrigin);
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}
