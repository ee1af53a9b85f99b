import type { IncomingHttpHeaders } from 'node:http';

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
