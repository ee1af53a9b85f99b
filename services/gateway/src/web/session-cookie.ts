import { MAX_TOKEN_LENGTH, REFRESH_LIFETIME_SECONDS } from '@cnop/common/auth/token-claims';
import { API_PREFIX } from '../route-table.ts';

export const COOKIE_NAME = 'cnop_refresh';
/** Only the routes of sessions ever see it. */
const ATTRIBUTES = `Path=${API_PREFIX}/auth; HttpOnly; SameSite=Strict`;
const TOKEN_PATTERN = /^[\w.-]+$/;

/** The refresh token of a Cookie header. */
export function refreshTokenOf(cookieHeader: string | undefined): string | undefined {
  for (const pair of (cookieHeader ?? '').split(';')) {
    const [name = '', value = ''] = pair.split('=', 2);
    if (name.trim() !== COOKIE_NAME) continue;
    const token = value.trim();
    return token.length <= MAX_TOKEN_LENGTH && TOKEN_PATTERN.test(token) ? token : undefined;
  }
  return undefined;
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
  const secure = isSecure ? '; Secure' : '';
  return `${COOKIE_NAME}=${value}; Max-Age=${maxAgeSeconds}; ${ATTRIBUTES}${secure}`;
}
