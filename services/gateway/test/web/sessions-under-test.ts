import { createHopSigner, readOwnGateway, readSignedHops } from '@cnop/common/auth/gateway-hop';
import { createPasswordManager } from '@cnop/common/auth/password-manager';
import type { Username } from '@cnop/common/core/brands';
import { systemClock } from '@cnop/common/core/clock';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import { aUser, BUILT_PASSWORD } from '@cnop/testing/builders/user';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { buildUserServiceApp } from '../../../user-service/src/app.ts';
import { createInProcessUpstream } from '../../src/upstreams/in-process-upstream.ts';
import type { Shape, TestGatewayOptions } from '../harness.ts';
import { listen, openGateway, openUpstream } from '../harness.ts';

/** The lowest cost, so that tests do not wait for hashes. */
const TEST_BCRYPT_COST = 4;

interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface TestResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly headers: Headers;
  /** The whole Set-Cookie header. */
  readonly setCookie: string | null;
  /** The cookie as a browser would send it back. */
  readonly cookie: string;
}

const GATEWAY_SECRET = 'a secret shared by both in a test';

/** Starts the real gateway in front of the real user service, in either shape. */
export async function openSessions(shape: Shape, options: TestGatewayOptions = {}) {
  const runtime = await createTestRuntime();
  const passwords = createPasswordManager({ cost: TEST_BCRYPT_COST });
  const service = await buildUserServiceApp({
    ...runtime,
    isOwnProcess: shape === 'over HTTP',
    sharesStore: shape === 'over HTTP',
    passwords,
    publicKeys: runtime.signingKeys.publicKeys,
    clientAddressOf:
      shape === 'over HTTP'
        ? readSignedHops({ secrets: [GATEWAY_SECRET], clock: systemClock, onRefusal: () => undefined })
        : readOwnGateway(),
  });
  const user =
    shape === 'in process'
      ? createInProcessUpstream(service)
      : openUpstream([await listen(service)], {
          signHop: createHopSigner(GATEWAY_SECRET, systemClock),
        });
  const gateway = await openGateway({ shape, verifier: runtime.verifier, upstreams: { user }, ...options });
  const origin = `http://127.0.0.1:${gateway.port}`;

  /** Sends a request like a page of the gateway, unless `headers` override that. */
  async function post(path: string, { body, headers = {} }: Sent = {}): Promise<TestResponse> {
    const sent: Record<string, string | undefined> = {
      origin,
      'x-session-mode': 'cookie',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    };
    const given = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const response = await fetch(`${origin}/api/v1${path}`, {
      method: 'POST',
      headers: given,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const setCookie = response.headers.get('set-cookie');
    return {
      status: response.status,
      text,
      body: JSON.parse(text) as TestResponse['body'],
      headers: response.headers,
      setCookie,
      cookie: setCookie?.split(';')[0] ?? '',
    };
  }

  return {
    gateway,
    origin,
    service,
    post,

    async addUser(username: Username): Promise<void> {
      const known = aUser({ username, email: `${username}@example.com` });
      const writes = [
        userRecord.create(known),
        balanceRecord.create(emptyBalance(username, known.created_at)),
      ];
      await runtime.store.transact({}, () => ({ writes, result: undefined }));
    },

    logIn: (username: string, { headers = {}, password = BUILT_PASSWORD } = {}) =>
      post('/auth/login', { body: { username, password }, headers }),

    refresh: (cookie: string, headers: Sent['headers'] = {}) =>
      post('/auth/refresh', { headers: { cookie, ...headers } }),

    /** Returns whether an access token is still accepted. */
    async isLive(accessToken: unknown): Promise<boolean> {
      const headers = { authorization: `Bearer ${String(accessToken)}` };
      return (await fetch(`${origin}/api/v1/auth/profile`, { headers })).status === 200;
    },

    async close(): Promise<void> {
      await gateway.close();
      await service.close();
      await passwords.close();
      await runtime.dispose();
    },
  };
}

export type Sessions = Awaited<ReturnType<typeof openSessions>>;
