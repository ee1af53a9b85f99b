import { API_PREFIX, ROUTE_TABLE } from '@cnop/gateway/route-table';
import type { Account } from '@cnop/testing/system/api-client';
import { expectStatus, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { Answer, RawRequest } from '@cnop/testing/system/raw-request';
import { sendRaw } from '@cnop/testing/system/raw-request';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Platform } from './support/platform.ts';
import { startOneProcess } from './support/platform.ts';
import type { Route } from './support/route-requests.ts';
import {
  goodBodyOf,
  isOrder,
  isTakenBySibling,
  jsonOf,
  pathOf,
  sendBytes,
  UNKNOWN,
} from './support/route-requests.ts';

// Rules for every route of the public API. The routes come from the table of the gateway and the served document, so a new
// route is tested without a change here.

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly errors?: readonly {
    readonly field: string;
    readonly pointer?: string;
    readonly parameter?: string;
    readonly header?: string;
  }[];
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** Bodies of routes whose document does not say enough. */
const ORDER_OF_UNKNOWN_ASSET = { asset_id: 'NOSUCH', order_type: 'market_buy', quantity: '1' };

/** The parts of the served document that these tests read. */
interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly parameters?: readonly { readonly name?: string; readonly in?: string }[];
  readonly requestBody?: unknown;
}

describe('every route', () => {
  const cleanup = createCleanup();
  let platform: Platform;
  let accounts: Readonly<Record<'user' | 'admin', Account>>;
  let document: ApiDocument;

  beforeAll(async () => {
    platform = await startOneProcess(cleanup);
    accounts = {
      user: await signUp(platform.api, { cash: '1000.00' }),
      admin: await signIn(platform.api, 'admin', ADMIN_PASSWORD),
    };
    const served = await sendRaw(platform.url, { method: 'GET', path: '/openapi.json' });
    document = served.json<ApiDocument>();
  });
  afterAll(() => cleanup.run());

  /** Sends with a token that the route accepts. */
  const send = ({ access }: Pick<Route, 'access'>, request: RawRequest): Promise<Answer> => {
    const { token } = Array.isArray(access) ? accounts.admin : accounts.user;
    return sendRaw(platform.url, {
      ...request,
      headers: { authorization: `Bearer ${token}`, ...request.headers },
    });
  };
  const problemOf = (answer: Answer): Problem => answer.json<Problem>();
  /** Routes that would end a session or open a stream are called without a body, which they refuse. */
  const describedAs = ({ method, path }: Route) =>
    document.paths[API_PREFIX + path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  const routesWith = (...names: string[]): Route[] =>
    ROUTE_TABLE.filter((route) =>
      names.every((name) => describedAs(route)?.parameters?.some((parameter) => parameter.name === name)),
    );

  it('is described in the served document', () => {
    expect(ROUTE_TABLE.filter((route) => !describedAs(route))).toEqual([]);
  });

  it('ignores a trailing slash', async () => {
    const differences: string[] = [];
    for (const route of ROUTE_TABLE) {
      // The unknown query makes the route refuse both paths, so nothing happens.
      const [plain, slashed] = await Promise.all(
        ['', '/'].map((end) =>
          send(route, { method: route.method, path: `${pathOf(route.path)}${end}?no_such=1` }),
        ),
      );
      if (plain?.status !== slashed?.status || plain?.status === 404) {
        differences.push(`${route.method} ${route.path}: ${plain?.status} and ${slashed?.status}`);
      }
    }
    expect(differences).toEqual([]);
  });

  it('answers 405 with Allow to every other method', async () => {
    const complaints: string[] = [];
    for (const path of new Set(ROUTE_TABLE.map((route) => route.path))) {
      const own: string[] = ROUTE_TABLE.filter((route) => route.path === path).map(({ method }) => method);
      // A stream has no HEAD, since it does not end.
      if (own.includes('GET') && path !== '/stream') own.push('HEAD');
      for (const method of METHODS.filter((each) => !own.includes(each))) {
        // For the methods of orders, `/orders/preview` is an order with the id `preview`.
        if (isTakenBySibling(method, path)) continue;
        const answer = await sendRaw(platform.url, { method, path: pathOf(path) });
        const allow = answer.headers.get('allow')?.split(', ').toSorted();
        const isSaid = own.every((each) => allow?.includes(each));
        if (answer.status !== 405 || !isSaid)
          complaints.push(`${method} ${path}: ${answer.status} ${allow?.join()}`);
      }
    }
    expect(complaints).toEqual([]);
    const unknown = await sendRaw(platform.url, { method: 'POST', path: `${API_PREFIX}/no-such-route` });
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('allow')).toBeNull();
  });

  it('refuses an unknown query parameter with 422 and names it as a parameter', async () => {
    const complaints: string[] = [];
    for (const route of [...ROUTE_TABLE, { method: 'GET', path: '/app-info', access: 'public' } as const]) {
      const path = `${pathOf(route.path)}?no_such=1`;
      const answer = await send(route, { method: route.method, path, ...goodBodyOf(route) });
      const [error] = answer.status === 422 ? (problemOf(answer).errors ?? []) : [];
      if (error?.parameter !== 'no_such' || error.pointer !== undefined) {
        complaints.push(`${route.method} ${route.path}: ${answer.status} ${answer.text}`);
      }
    }
    expect(complaints).toEqual([]);
  });

  it('refuses a compressed body with 415', async () => {
    for (const route of ROUTE_TABLE) {
      const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
      const body = route.method === 'GET' ? {} : { body: Buffer.from([0x1f, 0x8b]) };
      const answer = await send(route, { method: route.method, path: pathOf(route.path), headers, ...body });
      expect([answer.status, problemOf(answer).code], `${route.method} ${route.path}`).toEqual([
        415,
        'VAL_002',
      ]);
    }
  });

  it('refuses two Host headers with 400', async () => {
    for (const { method, path } of ROUTE_TABLE) {
      const head = `${method} ${pathOf(path)} HTTP/1.1\r\nHost: one.example\r\nHost: two.example\r\n`;
      const answer = await sendBytes(platform.url, `${head}Connection: close\r\nContent-Length: 0\r\n\r\n`);
      expect(answer, `${method} ${path}`).toMatch(/^HTTP\/1\.1 400 [^]*"code":"VAL_002"/);
    }
  });

  it('accepts an empty form, as curl sends it for -d "", as a request without a body', async () => {
    const complaints: string[] = [];
    for (const route of ROUTE_TABLE.filter(({ method }) => method !== 'GET')) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' };
      const request = { method: route.method, path: `${pathOf(route.path)}?no_such=1` };
      const [plain, asForm] = await Promise.all([
        send(route, request),
        send(route, { ...request, headers, body: '' }),
      ]);
      if (plain.status !== asForm.status || asForm.status === 415) {
        complaints.push(`${route.method} ${route.path}: ${plain.status} and ${asForm.status}`);
      }
    }
    expect(complaints).toEqual([]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' };
    const path = `${API_PREFIX}/orders/${UNKNOWN.id}/cancel`;
    expect((await send({ access: 'user' }, { method: 'POST', path, headers, body: '' })).status).toBe(404);
  });

  it('answers 404 to a valid id that does not exist', async () => {
    const complaints: string[] = [];
    for (const route of ROUTE_TABLE.filter(({ path }) => path.includes(':'))) {
      const body = goodBodyOf(route);
      const answer = await send(route, { method: route.method, path: pathOf(route.path), ...body });
      if (answer.status !== 404 || problemOf(answer).code !== 'RES_001') {
        complaints.push(`${route.method} ${route.path}: ${answer.status} ${answer.text}`);
      }
    }
    expect(complaints).toEqual([]);
  });

  it('answers 422 to an invalid id and names the parameter', async () => {
    const complaints: string[] = [];
    for (const route of ROUTE_TABLE.filter(({ path }) => path.includes(':'))) {
      for (const bad of ['a@b', 'a.b', 'a%20b', '%C3%A4']) {
        const path = API_PREFIX + route.path.replaceAll(/:\w+/g, bad);
        const answer = await send(route, { method: route.method, path, ...goodBodyOf(route) });
        const [error] = answer.status === 422 ? (problemOf(answer).errors ?? []) : [];
        if (error?.parameter !== /:(\w+)/.exec(route.path)?.[1]) {
          complaints.push(`${route.method} ${path}: ${answer.status} ${answer.text}`);
        }
      }
    }
    expect(complaints).toEqual([]);
  });

  it('answers 404 to an unknown asset in a query or a body', async () => {
    const asked = [
      ...routesWith('asset_id')
        .filter(({ path }) => !path.includes(':asset_id'))
        .map((route) => ({ route, query: '?asset_id=NOSUCH', body: {} })),
      ...routesWith('prices').map((route) => ({ route, query: '?prices=BTC,NOSUCH', body: {} })),
      ...ROUTE_TABLE.filter(
        (route) =>
          JSON.stringify(describedAs(route)?.requestBody ?? {}).includes('"asset_id"') && isOrder(route),
      ).map((route) => ({ route, query: '', body: jsonOf(ORDER_OF_UNKNOWN_ASSET) })),
    ];
    expect(asked.map(({ route }) => route.path).toSorted()).toEqual([
      '/admin/users/:username/orders',
      '/orders',
      '/orders',
      '/orders/export',
      '/orders/preview',
      '/stream',
      '/tax/:year',
      '/tax/:year/export',
      '/tax/lots',
    ]);
    for (const { route, query, body } of asked) {
      const answer = await send(route, { method: route.method, path: pathOf(route.path) + query, ...body });
      expect([answer.status, problemOf(answer).code], `${route.method} ${route.path}`).toEqual([
        404,
        'RES_001',
      ]);
    }
  });

  it('refuses a period that ends before it starts with 422', async () => {
    const periods = [
      ['start_date', 'end_date'],
      ['start', 'end'],
    ] as const;
    const asked = periods.flatMap(([start, end]) =>
      routesWith(start, end).map((route) => ({ route, start, end })),
    );
    expect(asked.length).toBeGreaterThanOrEqual(6);
    for (const { route, start, end } of asked) {
      const query = `?${start}=2026-02-01T00:00:00Z&${end}=2026-01-31T00:00:00Z`;
      const path = API_PREFIX + route.path.replaceAll(/:\w+/g, 'BTC') + query;
      const answer = await send(route, { method: route.method, path });
      expect([answer.status, problemOf(answer).errors], route.path).toMatchObject([
        422,
        [{ parameter: start }],
      ]);
    }
  });

  it('names a bad field by pointer, a bad parameter by parameter and a bad header by header', async () => {
    const [ofBody, ofQuery, ofHeader, ofCursor] = await Promise.all([
      send(
        { access: 'user' },
        { method: 'POST', path: `${API_PREFIX}/balance/deposit`, ...jsonOf({ amount: '-1' }) },
      ),
      send({ access: 'user' }, { method: 'GET', path: `${API_PREFIX}/orders?limit=0` }),
      send(
        { access: 'user' },
        {
          method: 'POST',
          path: `${API_PREFIX}/balance/deposit`,
          ...jsonOf({ amount: '1' }, { 'idempotency-key': 'x'.repeat(200) }),
        },
      ),
      send({ access: 'user' }, { method: 'GET', path: `${API_PREFIX}/orders?cursor=nonsense` }),
    ]);
    const located = [ofBody, ofQuery, ofHeader, ofCursor].map((answer) =>
      problemOf(answer).errors?.map(({ pointer, parameter, header }) => ({ pointer, parameter, header })),
    );
    expect(located).toEqual([
      [{ pointer: '/amount' }],
      [{ parameter: 'limit' }],
      [{ header: 'Idempotency-Key' }],
      [{ parameter: 'cursor' }],
    ]);
  });

  it('answers 401 with WWW-Authenticate when the token is missing', async () => {
    for (const { method, path } of ROUTE_TABLE.filter(({ access }) => access !== 'public')) {
      const answer = expectStatus(await sendRaw(platform.url, { method, path: pathOf(path) }), 401);
      expect(answer.headers.get('www-authenticate'), path).toMatch(/^Bearer/);
      expect(answer.json(), path).toMatchObject({
        code: 'AUTH_001',
        detail: expect.stringMatching(/^Sign in first/) as string,
      });
    }
  });
});
