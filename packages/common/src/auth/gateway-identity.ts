import { NotSignedInError } from '@cnop/exception/errors';
import { invalidToken } from './token-claims.ts';

/**
 * Headers of a request: `headersDistinct` or `headers` of Node, or `rawHeaders`, which alone exists both on a socket
 * and under `inject`. Of these only `headers` hides a second Authorization header, by dropping it.
 */
export type RequestHeaders =
  | readonly string[]
  | Readonly<Record<string, string | readonly string[] | undefined>>;

const AUTHORIZATION = 'authorization';
const BEARER_SCHEME = 'bearer ';

/**
 * The Bearer token of a request. No other header says who the caller is, whoever sent it.
 * @throws NotSignedInError (401) without an Authorization header; AuthenticationError (401) unless there is exactly one,
 * with the scheme Bearer (in any case), one space and a token
 */
export function bearerTokenOf(headers: RequestHeaders): string {
  const value = onlyAuthorization(headers);
  if (value === undefined) throw new NotSignedInError();
  if (value.slice(0, BEARER_SCHEME.length).toLowerCase() !== BEARER_SCHEME) throw invalidToken();
  const token = value.slice(BEARER_SCHEME.length);
  // A second space, a second token, or two headers that somebody joined. Three searches cost less than a pattern, and
  // what else cannot be in a token is for the verifier to refuse.
  if (token === '' || token.includes(' ') || token.includes('\t') || token.includes(','))
    throw invalidToken();
  return token;
}

/** @throws AuthenticationError (401) for more than one header */
function onlyAuthorization(headers: RequestHeaders): string | undefined {
  if (isRaw(headers)) return onlyRawAuthorization(headers);
  const value = headers[AUTHORIZATION];
  if (typeof value === 'string' || value === undefined) return value;
  if (value.length > 1) throw invalidToken();
  return value[0];
}

/** @param headers names and values in turn, as `rawHeaders` has them */
function onlyRawAuthorization(headers: readonly string[]): string | undefined {
  let found: string | undefined;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (name.length !== AUTHORIZATION.length || name.toLowerCase() !== AUTHORIZATION) continue;
    if (found !== undefined) throw invalidToken();
    found = headers[index + 1];
  }
  return found;
}

function isRaw(headers: RequestHeaders): headers is readonly string[] {
  return Array.isArray(headers);
}

/**
 * What the gateway forwards of a client's headers, and nothing else. Not in it, on purpose:
 *
 * - anything that says who the user is: services believe the token alone;
 * - `content-length`, `transfer-encoding`, `connection`, `host`: the gateway sends its own message;
 * - `accept-encoding`: whether to compress is between the gateway and the client;
 * - `x-forwarded-*`, `forwarded`, `x-real-ip`: the gateway says itself what it saw.
 */
export const FORWARDED_HEADERS = [
  AUTHORIZATION,
  'accept',
  'content-type',
  'idempotency-key',
  'last-event-id',
  'user-agent',
] as const;

export interface ForwardingContext {
  readonly requestId: string;
  /** Of the client, as the gateway sees it; replaces whatever the client claimed. */
  readonly clientAddress: string;
}

/**
 * The headers of the gateway's request to a service. A header that came more than once is left out.
 * @param headers `request.headers` of Node, names in lower case
 */
export function forwardableHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  { requestId, clientAddress }: ForwardingContext,
): Record<string, string> {
  const forwarded: Record<string, string> = { 'x-request-id': requestId, 'x-forwarded-for': clientAddress };
  for (const name of FORWARDED_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') forwarded[name] = value;
  }
  return forwarded;
}
