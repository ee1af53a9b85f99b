import type { Item } from '@cnop/common/database/table-store';
import { KEYS } from '@cnop/common/database/tables';
import { ROUTE_TABLE } from '@cnop/gateway/route-table';
import type { Account } from '@cnop/testing/system/api-client';
import { expectStatus, signIn, signUp } from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { Answer, RawRequest } from '@cnop/testing/system/raw-request';
import { sendRaw } from '@cnop/testing/system/raw-request';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from './support/bad-values.ts';
import type { Case } from './support/hostile-cases.ts';
import { bodyCases, complaint, fieldCases, UNKNOWN_FIELDS } from './support/hostile-cases.ts';
import type { BodyRoute, Caller } from './support/hostile-routes.ts';
import { BAD_PARAMETERS, BODY_ROUTES, QUERY_ROUTES, ROUTES_WITH_ANY_BODY } from './support/hostile-routes.ts';
import type { Platform } from './support/platform.ts';
import { startOneProcess, startOverLmdb } from './support/platform.ts';
import { allItems, readStored } from './support/stored.ts';

interface Choices {
  readonly start: (cleanup: Cleanup) => Promise<Platform & { readonly dataDir: string }>;
  readonly casesOf: (route: BodyRoute) => readonly Case[];
}

function describeHostileInput({ start, casesOf }: Choices): void {
  const cleanup = createCleanup();
  let platform: Platform & { readonly dataDir: string };
  let accounts: Record<Exclude<Caller, 'anonymous'>, Account>;
  let stranger: Account;
  let orderId: string;
  let before: string;

  beforeAll(async () => {
    platform = await start(cleanup);
    const { api } = platform;
    const user = await signUp(api, { username: 'hostile_user', cash: '1000.00' });
    const body = { asset_id: 'ETH', order_type: 'market_buy', quantity: '0.1' };
    orderId = expectStatus(await user.send('POST', '/orders', { body }), 201).json<{
      data: { order_id: string };
    }>().data.order_id;
    stranger = await signUp(api, { username: 'hostile_stranger', cash: '1000.00' });
    accounts = { user, admin: await signIn(api, 'admin', ADMIN_PASSWORD) };
    before = await exportStore();
  });

  afterAll(() => cleanup.run());

  /** Returns all tables as text, without what background tasks write over time. */
  const exportStore = async (): Promise<string> => {
    const items = await readStored(platform.dataDir, allItems);
    return items.flatMap((item) => (isWrittenByTime(item) ? [] : [JSON.stringify(untimed(item))])).join('\n');
  };

  const pathOf = (route: string, parameters: Record<string, string> = {}): string => {
    const values: Record<string, string> = {
      asset_id: 'ETH',
      id: orderId,
      username: 'hostile_user',
      year: String(new Date().getUTCFullYear()),
      month: new Date().toISOString().slice(0, 7),
      ...parameters,
    };
    return `/api/v1${route.replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? '')}`;
  };

  const sendAs = (caller: Caller, request: RawRequest): Promise<Answer> => {
    const token = caller === 'anonymous' ? {} : { authorization: `Bearer ${accounts[caller].token}` };
    return sendRaw(platform.url, { ...request, headers: { ...token, ...request.headers } });
  };

  it('the tables name every route that takes a body, a query or a parameter', () => {
    const named = new Set(BODY_ROUTES.map(({ method, route }) => `${method} ${route}`));
    const withBody = ROUTE_TABLE.filter(({ method }) => method !== 'GET').map(
      ({ method, path }) => `${method} ${path}`,
    );
    expect(named).toEqual(new Set(withBody.filter((name) => !ROUTES_WITH_ANY_BODY.includes(name))));
    const parameters = ROUTE_TABLE.flatMap(({ path }) =>
      [...path.matchAll(/:(\w+)/g)].map(([, name]) => name),
    );
    expect(new Set(parameters)).toEqual(new Set(Object.keys(BAD_PARAMETERS)));
  });

  for (const route of BODY_ROUTES) {
    it(`${route.method} ${route.route} refuses every bad body and names the error`, async () => {
      const complaints: string[] = [];
      for (const { name, body, contentType, isChunked, ...expected } of casesOf(route)) {
        const type = contentType ?? (name.startsWith('as ') ? undefined : 'application/json');
        const answer = await sendAs(route.caller, {
          method: route.method,
          path: pathOf(route.route),
          body,
          headers: type === undefined ? {} : { 'content-type': type },
          ...(isChunked && { isChunked }),
        });
        const wrong = complaint(answer, expected);
        if (wrong !== undefined) complaints.push(`${name}: ${wrong}`);
      }
      expect(complaints).toEqual([]);
    });
  }

  for (const { route, caller, query } of QUERY_ROUTES) {
    it(`GET ${route} refuses every bad query and names the parameter`, async () => {
      const cases = Object.entries(query).flatMap(([name, values]) =>
        values.map((value) => ({ name, value: `${name}=${value}` })),
      );
      const unknown = [...UNKNOWN_FIELDS, '__proto__', 'constructor']
        .filter((name) => !(name in query && Object.hasOwn(query, name)))
        .map((name) => ({ name, value: `${name}=1` }));
      const repeated = [{ name: 'limit', value: 'limit=1&limit=2' }];
      const complaints: string[] = [];
      for (const { name, value } of [...cases, ...unknown, ...repeated]) {
        const answer = await sendAs(caller, { method: 'GET', path: `${pathOf(route)}?${value}` });
        const wrong = complaint(answer, { status: 422, fields: [name] });
        if (wrong !== undefined) complaints.push(`${value}: ${wrong}`);
      }
      expect(complaints).toEqual([]);
    });
  }

  it('a forged cursor, or one of another list, is refused', async () => {
    const crafted = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');
    const page = await accounts.user.send('GET', '/balance/transactions?limit=1');
    const { next_cursor: foreign } = page.json<{ next_cursor: string }>();
    const { f: filter } = JSON.parse(Buffer.from(foreign, 'base64url').toString()) as { f: string };
    const cursors = [
      'x',
      '%00',
      'AAAA',
      'x'.repeat(1_500),
      crafted(1),
      crafted({ f: filter }),
      crafted({ f: filter, p: 1 }),
    ];
    const complaints: string[] = [];
    const lists = ['/balance/transactions', '/orders', '/trades', '/inventory/assets'];
    for (const path of [...lists, '/admin/users', '/admin/audit-events']) {
      const caller = path.startsWith('/admin') ? 'admin' : 'user';
      const bad = path === '/balance/transactions' ? cursors : [...cursors, foreign];
      for (const cursor of bad) {
        const answer = await sendAs(caller, { method: 'GET', path: `${pathOf(path)}?cursor=${cursor}` });
        const wrong = complaint(answer, { status: 400, code: 'VAL_002', fields: ['cursor'] });
        if (wrong !== undefined) complaints.push(`${path} ${cursor.slice(0, 40)}: ${wrong}`);
      }
    }
    expect(complaints).toEqual([]);
  });

  it('a changed cursor shows no data of another user', async () => {
    const page = await accounts.user.send('GET', '/balance/transactions?limit=1');
    const { f } = JSON.parse(
      Buffer.from(page.json<{ next_cursor: string }>().next_cursor, 'base64url').toString(),
    ) as { f: string };
    const positions = [
      {},
      { pk: 'hostile_stranger', sk: 'TRANS#9' },
      { pk: 'hostile_user', sk: 'USER' },
      { pk: 'zzzz', sk: 'zzzz', indexSk: 'zzzz' },
      { sk: 'x'.repeat(600) },
      { sk: '\0' },
      { pk: 'hostile_user', sk: '\u{10FFFF}' },
    ];
    for (const p of positions) {
      const cursor = Buffer.from(JSON.stringify({ f, p })).toString('base64url');
      const answer = await accounts.user.send('GET', `/balance/transactions?cursor=${cursor}`);
      expect([200, 400], answer.text).toContain(answer.status);
      expect(answer.text).not.toContain('hostile_stranger');
      expect(answer.text).not.toContain('password');
    }
  });

  it('a malformed path parameter is named on every route', async () => {
    const complaints: string[] = [];
    for (const { method, path, access } of ROUTE_TABLE) {
      const caller = access === 'public' ? 'anonymous' : access === 'user' ? 'user' : 'admin';
      for (const [, name = ''] of path.matchAll(/:(\w+)/g)) {
        for (const value of BAD_PARAMETERS[name] ?? []) {
          const answer = await sendAs(caller, { method, path: pathOf(path, { [name]: value }) });
          const wrong = complaint(answer, { status: 422, fields: [name] });
          if (wrong !== undefined) complaints.push(`${method} ${path} with ${value}: ${wrong}`);
        }
      }
    }
    expect(complaints).toEqual([]);
  });

  it('a malformed or unknown path is refused without internal details', async () => {
    const paths = [
      '% /%zz /%c3%28 /../../etc/passwd /%2e%2e/metrics /..;/metrics /metrics //orders /orders%2f',
      '/ORDERS /orders/\\.. /auth /constructor /__proto__ /admin /health/ready',
    ].flatMap((some) => some.split(' '));
    const complaints: string[] = [];
    for (const path of paths) {
      const answer = await sendAs('admin', { method: 'GET', path: `/api/v1${path}` });
      if (![400, 404, 422].includes(answer.status))
        complaints.push(`${path}: ${answer.status} ${answer.text}`);
    }
    const long = await sendAs('user', {
      method: 'GET',
      path: `/api/v1/orders?asset_id=${'x'.repeat(3_000)}`,
    });
    expect(complaints).toEqual([]);
    expect(long.status).toBe(414);
  });

  it('an invalid Idempotency-Key is refused on every route that moves money', async () => {
    const keys = ['', '""', 'x'.repeat(129), 'a\tb', 'é', ['one', 'two']];
    const complaints: string[] = [];
    for (const route of BODY_ROUTES.filter(({ route }) =>
      /deposit|withdraw|adjustments|orders$/.test(route),
    )) {
      for (const key of keys) {
        const answer = await sendAs(route.caller, {
          method: route.method,
          path: pathOf(route.route),
          // The amount exceeds the balance, so that nothing moves if the key is accepted or ignored.
          body: jsonOf({
            ...route.good,
            ...(route.good['amount'] && { amount: '-999999.00' }),
            quantity: '999999999',
          }),
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
        });
        if (answer.status !== 422)
          complaints.push(`${route.route} ${String(key)}: ${answer.status} ${answer.text}`);
      }
    }
    expect(complaints).toEqual([]);
  });

  it('a resource of another user gets the same answer as a missing one', async () => {
    const missing = '01890000-0000-7000-8000-000000000000';
    const comparable = (answer: Answer) => {
      const { trace_id: _trace, timestamp: _time, instance: _path, ...rest } = answer.json();
      return { status: answer.status, ...rest };
    };
    for (const [method, suffix] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/cancel'],
    ] as const) {
      const [foreign, absent] = await Promise.all(
        [orderId, missing].map((id) => stranger.send(method, `/orders/${id}${suffix}`)),
      );
      expect(comparable(foreign!)).toEqual(comparable(absent!));
      expect(foreign!.status).toBe(404);
    }
  });

  it('afterwards the store is byte by byte what it was before, without a violation', async () => {
    expect(await exportStore()).toBe(before);
    await platform.stopAndAudit();
  });
}

/**
 * Items that background tasks write: candles, prices, their lease, checkpoints of the engine, the house book, and the schema
 * version, which a new store gets after its start.
 */
function isWrittenByTime({ key }: Item): boolean {
  const isOfTask = /^(?:(?:CANDLE|LEASE|PRICES|CHECKPOINT)#|HOUSE-BOOK|DUE#house_book$|SCHEMA$)/.test(key.pk);
  return isOfTask || key.sk === KEYS.users.bookCheckpoint.sk;
}

/** Returns an asset without the fields that background tasks update: the latest quote and the statistics of the day. */
function untimed({ key, attributes, version }: Item): object {
  if (key.table !== 'inventory') return { key, attributes, version };
  const {
    last_price_update: _moment,
    quote_seq: _sequence,
    price_sheet: _sheet,
    price_suspended: _isSuspended,
    price_change_24h: _change,
    price_change_percentage_24h: _percentage,
    ...lasting
  } = attributes;
  return { key, attributes: lasting };
}

describe('everything in one process', () => {
  describeHostileInput({
    start: startOneProcess,
    casesOf: (route) => [...fieldCases(route), ...bodyCases(route)],
  });
});

// The services check the fields in both shapes. Here the gateway reads the body as well.
describe('gateway and services as four processes', () => {
  describeHostileInput({ start: startOverLmdb, casesOf: bodyCases });
});
