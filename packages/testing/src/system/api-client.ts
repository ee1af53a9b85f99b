import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import type { Username } from '@cnop/common/core/brands';
import { aUsername } from '../builders/brands.ts';
import type { Answer } from './raw-request.ts';
import { sendRaw } from './raw-request.ts';

/** The password of every account that tests create. */
export const PASSWORD = 'Whole-System-Test-1';
/** Keeps connections open, without a limit. */
const agent = new Agent({ keepAlive: true });

/** The optional parts of a request. */
export interface RequestOptions {
  readonly token?: string | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The `Idempotency-Key` header. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request to the public API. */
export type Send = (method: string, path: string, options?: RequestOptions) => Promise<Answer>;

/**
 * Creates a client of the public API of an origin, such as `http://127.0.0.1:8080`. Paths follow `/api/v1`. It does not
 * use `fetch`, which takes more time than the servers in tests with many requests.
 * @param connections `new` opens a connection for each request
 */
export function createApi(origin: string, connections: 'kept' | 'new' = 'kept'): Send {
  return (method, path, { token, body, key, headers = {} } = {}) =>
    sendRaw(origin, {
      method,
      path: `/api/v1${path}`,
      ...(connections === 'kept' && { agent }),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
}

/** A signed-in user. */
export interface Account {
  readonly username: Username;
  readonly email: string;
  readonly token: string;
  readonly refreshToken: string;
  /** Sends with the account's token. */
  readonly send: Send;
}

/** Returns a unique username. */
export function freshName(prefix = 'user'): string {
  return `${prefix}_${randomUUID().slice(0, 8)}`;
}

/** Returns the body of a registration. */
export function registration(username: string) {
  return {
    username,
    email: `${username}@example.com`,
    password: PASSWORD,
    first_name: 'Ada',
    last_name: 'Lovelace',
  };
}

/** Registers a user, signs in and deposits cash. */
export async function signUp(
  api: Send,
  { username = freshName(), cash }: { readonly username?: string; readonly cash?: string } = {},
): Promise<Account> {
  expectStatus(await api('POST', '/auth/register', { body: registration(username) }), 201);
  const account = await signIn(api, username);
  if (cash !== undefined) {
    expectStatus(await account.send('POST', '/balance/deposit', { body: { amount: cash } }), 201);
  }
  return account;
}

/** Signs a user in. */
export async function signIn(api: Send, username: string, password = PASSWORD): Promise<Account> {
  const answer = expectStatus(await api('POST', '/auth/login', { body: { username, password } }), 200);
  const { access_token: token, refresh_token: refreshToken } = answer.json<{
    access_token: string;
    refresh_token: string;
  }>();
  const send: Send = (method, path, options) => api(method, path, { token, ...options });
  return { username: aUsername(username), email: `${username}@example.com`, token, refreshToken, send };
}

/**
 * Returns the answer when it has the expected status.
 * @throws Error with the text of the answer for another status
 */
export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) {
    throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  }
  return answer;
}

/**
 * Sets the spread of all assets of a running platform to 0, so that a test buys and sells at exactly the price that it
 * set.
 * @param admin an administrator
 */
export async function removeSpreads(admin: Account): Promise<void> {
  const list = await admin.send('GET', '/inventory/assets?active_only=false&limit=250');
  const { data } = expectStatus(list, 200).json<{ data: { asset_id: string; spread_bps: number }[] }>();
  for (const { asset_id, spread_bps } of data) {
    if (spread_bps === 0) continue;
    const body = { spread_bps: 0 };
    expectStatus(await admin.send('PUT', `/inventory/assets/${asset_id}`, { body }), 200);
  }
}
