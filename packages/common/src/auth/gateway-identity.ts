import { NotSignedInError } from '@cnop/exception/errors';
import { invalidToken } from './token-claims.ts';

/**
 * The headers of a request: `rawHeaders`, `headersDistinct` or `headers` of Node. Only `rawHeaders` also exists under
 * `inject`. `headers` hides a second Authorization header.
 */
export type RequestHeaders =
  | readonly string[]
  | Readonly<Record<string, string | readonly string[] | undefined>>;

const AUTHORIZATION = 'authorization';
const BEARER_SCHEME = 'bearer ';

/**
 * Returns the Bearer token of a request. No other header identifies the caller.
 * @throws NotSignedInError (401) without an Authorization header
 * @throws AuthenticationError (401) unless there is exactly one, with the scheme Bearer (in any case), one space and a
 * token
 */
export function bearerTokenOf(headers: RequestHeaders): string {
  const value = onlyAuthorization(headers);
  if (value === undefined) throw new NotSignedInError();
  if (value.slice(0, BEARER_SCHEME.length).toLowerCase() !== BEARER_SCHEME) throw invalidToken();
  const token = value.slice(BEARER_SCHEME.length);
  // Refuses a second space, a second token and joined headers. Three searches cost less than a pattern; the verifier
  // refuses all other invalid characters.
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

/** @param headers names and values in turn, as in `rawHeaders` */
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
 * The only headers of a client that the gateway forwards. It does not forward:
 *
 * - headers that name the user: services trust only the token;
 * - `content-length`, `transfer-encoding`, `connection`, `host`: the gateway sends its own message;
 * - `accept-encoding`: only the gateway compresses responses to the client;
 * - `x-forwarded-*`, `forwarded`, `x-real-ip`: the gateway sets its own.
 */
export const FORWARDED_HEADERS = [
  AUTHORIZATION,
  'accept',
  'content-type',
  'idempotency-key',
  'last-event-id',
  'user-agent',
] as const;

/** The facts that the gateway adds to a forwarded request. */
export interface ForwardingContext {
  readonly requestId: string;
  /** The address of the client as the gateway sees it; replaces any address that the client claims. */
  readonly clientAddress: string;
}

/**
 * Returns the headers of the gateway's request to a service. A repeated header is left out.
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
