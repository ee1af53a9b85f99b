import type { ServerResponse } from 'node:http';
import { REQUEST_ID_HEADER } from '@cnop/common/http/request-context';

const TWO_YEARS_SECONDS = 63_072_000;

/**
 * The headers of every response, unless its route sets others. A response is data for one caller: not a page, not framed, not
 * cached. The list is constant and short, since each header costs on every response and helmet's others mean nothing for
 * JSON.
 */
const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cache-control', 'no-store'],
];

/** HSTS, only in production behind TLS: elsewhere it would lock a browser out for two years. */
const PRODUCTION_HEADERS: readonly (readonly [string, string])[] = [
  ['strict-transport-security', `max-age=${TWO_YEARS_SECONDS}; includeSubDomains`],
];

export type SetSecurityHeaders = (response: ServerResponse, requestId: string) => void;

/** Makes the function that sets them on the raw response, where they outlive `reply.hijack()`. */
export function createSecurityHeaders(isProduction: boolean): SetSecurityHeaders {
  const headers = isProduction ? [...SECURITY_HEADERS, ...PRODUCTION_HEADERS] : SECURITY_HEADERS;
  return (response, requestId) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    response.setHeader(REQUEST_ID_HEADER, requestId);
  };
}
