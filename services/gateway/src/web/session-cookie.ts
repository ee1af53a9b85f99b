import { MAX_TOKEN_LENGTH, REFRESH_LIFETIME_SECONDS } from '@cnop/common/auth/token-claims';
import { UnreadableRequestError } from '@cnop/exception/errors';
import { API_PREFIX } from '../route-table.ts';

/** The name of the cookie over plain HTTP. */
export const COOKIE_NAME = 'cnop_refresh';
/**
 * The name of the cookie over TLS. Browsers accept a cookie with this prefix only from the host itself, so no sibling host
 * can set one. The prefix requires `Secure` and `Path=/`.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix
 */
export const SECURE_COOKIE_NAME = `__Host-${COOKIE_NAME}`;

interface CookieForm {
  readonly name: string;
  readonly attributes: string;
}

const PLAIN: CookieForm = {
  name: COOKIE_NAME,
  // Sent only to the session routes.
  attributes: `Path=${API_PREFIX}/auth; HttpOnly; SameSite=Strict`,
};
const SECURE: CookieForm = {
  name: SECURE_COOKIE_NAME,
  attributes: 'Path=/; HttpOnly; SameSite=Strict; Secure',
};
const TOKEN_PATTERN = /^[\w.-]+$/;

/**
 * Returns the refresh token of a Cookie header, or undefined without one.
 * @throws UnreadableRequestError (400) when the cookie is sent twice: another host set one of them, and it is unknown which
 * one. The session stays live.
 */
export function readTokenCookie(cookieHeader: string | undefined, isSecure: boolean): string | undefined {
  const { name } = isSecure ? SECURE : PLAIN;
  const values: string[] = [];
  for (const pair of (cookieHeader ?? '').split(';')) {
    const [key = '', value = ''] = pair.split('=', 2);
    if (key.trim() === name) values.push(value.trim());
  }
  if (values.length > 1) {
    throw new UnreadableRequestError('The session cookie was sent twice. Delete the cookies of this site.');
  }
  const [token = ''] = values;
  return token.length <= MAX_TOKEN_LENGTH && TOKEN_PATTERN.test(token) ? token : undefined;
}

/**
 * Returns a Set-Cookie header that stores a refresh token where no script can read it. A renewal does not prolong a session,
 * so the cookie may outlive it; the 401 that follows deletes the cookie.
 * @throws Error for a token that a cookie cannot hold
 */
export function storeTokenCookie(token: string, isSecure: boolean): string {
  if (!TOKEN_PATTERN.test(token)) throw new Error('The refresh token does not fit into a cookie.');
  return setCookie(token, REFRESH_LIFETIME_SECONDS, isSecure);
}

/** Returns a Set-Cookie header that deletes the refresh token. */
export function clearTokenCookie(isSecure: boolean): string {
  return setCookie('', 0, isSecure);
}

function setCookie(value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const { name, attributes } = isSecure ? SECURE : PLAIN;
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`;
}
