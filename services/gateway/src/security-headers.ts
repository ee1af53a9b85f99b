import type { ServerResponse } from 'node:http';
import { REQUEST_ID_HEADER } from '@cnop/common/http/request-context';

const TWO_YEARS_SECONDS = 63_072_000;

/**
 * What every answer carries unless its route says otherwise: an answer is data for one caller, never a page, never
 * framed, never kept. A constant list, since of helmet's fifteen headers these are the ones that mean something for
 * JSON, and each costs on every answer.
 */
const ANSWER_HEADERS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cache-control', 'no-store'],
];

/** Only where TLS stands in front: elsewhere a browser would be locked out for two years. */
const PRODUCTION_HEADERS: readonly (readonly [string, string])[] = [
  ['strict-transport-security', `max-age=${TWO_YEARS_SECONDS}; includeSubDomains`],
];

export type SetAnswerHeaders = (response: ServerResponse, requestId: string) => void;

/** Makes the function that sets them, on the raw answer: there they outlive `reply.hijack()`. */
export function createAnswerHeaders(isProduction: boolean): SetAnswerHeaders {
  const headers = isProduction ? [...ANSWER_HEADERS, ...PRODUCTION_HEADERS] : ANSWER_HEADERS;
  return (response, requestId) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    response.setHeader(REQUEST_ID_HEADER, requestId);
  };
}
