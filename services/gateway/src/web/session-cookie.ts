import { MAX_TOKEN_LENGTH, REFRESH_LIFETIME_SECONDS } from '@cnop/common/auth/token-claims';
import { UnreadableRequestError } from '@cnop/exception/errors';
import { API_PREFIX } from '../route-table.ts';

/** The name over plain HTTP. */
export const COOKIE_NAME = 'cnop_refresh';
/**
 * The name over TLS. Browsers take a cookie of that prefix only from the host itself, so no neighbouring host can plant
 * one. The prefix asks for `Secure` and `Path=/`.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix
 */
export const SECURE_COOKIE_NAME = `__Host-${COOKIE_NAME}`;

interface CookieForm {
  readonly name: string;
  readonly attributes: string;
}

const PLAIN: CookieForm = {
  name: COOKIE_NAME,
  // Only the routes of sessions ever see it.
  attributes: `Path=${API_PREFIX}/auth; HttpOnly; SameSite=Strict`,
};
const SECURE: CookieForm = {
  name: SECURE_COOKIE_NAME,
  attributes: 'Path=/; HttpOnly; SameSite=Strict; Secure',
};
const TOKEN_PATTERN = /^[\w.-]+$/;

/**
 * Returns the refresh token of a Cookie header, or undefined without one.
 * @throws UnreadableRequestError (400) when the cookie is there twice: one of them was planted, and which one cannot be
 * said. The session goes on.
 */
export function refreshTokenOf(cookieHeader: string | undefined, isSecure: boolean): string | undefined {
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
 * A Set-Cookie header that keeps a refresh token where no script can read it. A renewal does not prolong a session, so
 * the cookie may outlive it; the 401 that follows takes the cookie away.
 * @throws Error for a token that a cookie cannot hold
 */
export function keepRefreshToken(token: string, isSecure: boolean): string {
  if (!TOKEN_PATTERN.test(token)) throw new Error('The refresh token does not fit into a cookie.');
  return setCookie(token, REFRESH_LIFETIME_SECONDS, isSecure);
}

/** A Set-Cookie header that takes the refresh token away again. */
export function forgetRefreshToken(isSecure: boolean): string {
  return setCookie('', 0, isSecure);
}

function setCookie(value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const { name, attributes } = isSecure ? SECURE : PLAIN;
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`;
}
