import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { API_PREFIX, ROUTE_TABLE } from '@cnop/gateway/route-table';
import type { Account, RequestOptions, Send } from '@cnop/testing/system/api-client';
import { signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { sendRaw } from '@cnop/testing/system/raw-request';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_ROUTES } from '../support/hostile-routes.ts';
import type { Platform } from '../support/platform.ts';
import { startOneProcess, temporaryFolder } from '../support/platform.ts';

const run = promisify(execFile);
const { resolve: pathOfModule } = createRequire(import.meta.url);

/** The TypeScript of this package, since the generator does not support that of the platform yet. */
const TSC = pathOfModule('typescript/bin/tsc');
const GENERATOR = path.join(path.dirname(pathOfModule('openapi-typescript/package.json')), 'bin/cli.js');
const COMPILER_OPTIONS =
  '--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipLibCheck --module nodenext --target es2022 --types node';

/**
 * A program by a developer who has only the served document. The lines below `@ts-expect-error` must not compile: types
 * that accept everything are useless.
 */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { paths } from './api.js';

const [baseUrl = '', token = ''] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${token}\` } });
const tell = (...facts: unknown[]): void => console.log(JSON.stringify(facts));

const order = {
  params: { header: { 'Idempotency-Key': 'one-order', 'X-Request-ID': 'from-a-program' } },
  body: { asset_id: 'BTC', order_type: 'limit_buy', quantity: '0.001', price: '100.00' },
} as const;
const placed = await api.POST('/api/v1/orders', order);
if (!placed.data) throw new Error(JSON.stringify(placed.error));
const { order_id, status } = placed.data.data;
tell('placed', status, placed.response.headers.get('x-request-id'));

type AnswerHeaders = paths['/api/v1/orders']['post']['responses'][201]['headers'];
const replayed: keyof AnswerHeaders = 'Idempotency-Replayed';
const again = await api.POST('/api/v1/orders', order);
tell('again', again.data?.data.order_id === order_id, again.response.headers.get(replayed));

const listed = await api.GET('/api/v1/orders', {
  params: { query: { limit: 5, offset: 0, status: ['queued', 'processing'], side: 'buy' } },
});
tell('listed', listed.data?.data.map((each) => each.order_id === order_id), listed.data?.has_more);

// A cancellation needs no body and no header.
const cancelled = await api.POST('/api/v1/orders/{id}/cancel', { params: { path: { id: order_id } } });
tell('cancelled', cancelled.data?.data.status);

const refused = await api.DELETE('/api/v1/orders/{id}', { params: { path: { id: order_id } } });
tell('refused', refused.response.status, refused.error?.code);

const stream = await api.GET('/api/v1/stream', {
  params: { header: { 'Last-Event-ID': '0' }, query: { prices: 'BTC' } },
  parseAs: 'stream',
});
tell('followed', stream.response.status);
await stream.data?.cancel();

const signedOut = await api.POST('/api/v1/auth/logout');
tell('signed out', signedOut.data?.message);

type ProblemHeaders = paths['/api/v1/orders']['get']['responses']['default']['headers'];
export const limits: Required<Pick<ProblemHeaders, 'RateLimit' | 'RateLimit-Policy' | 'Retry-After' | 'X-RateLimit-Limit'>> = {
  RateLimit: '"reads";r=0;t=7',
  'RateLimit-Policy': '"reads";q=1200;w=60',
  'Retry-After': 7,
  'X-RateLimit-Limit': 1200,
};
// @ts-expect-error seconds are a number
limits['Retry-After'] = 'soon';

export const mustNotCompile = async () => {
  // @ts-expect-error a limit is a number
  await api.GET('/api/v1/orders', { params: { query: { limit: 'ten' } } });
  // @ts-expect-error no status is called that
  await api.GET('/api/v1/orders', { params: { query: { status: ['open'] } } });
  // @ts-expect-error an order needs a quantity
  await api.POST('/api/v1/orders', { body: { asset_id: 'BTC', order_type: 'market_buy' } });
  // @ts-expect-error an order needs a body
  await api.POST('/api/v1/orders');
  // @ts-expect-error reading takes no key
  await api.GET('/api/v1/orders', { params: { header: { 'Idempotency-Key': 'x' } } });
};
`;

/** Headers of HTTP itself and of browsers, which a client library does not return. */
const NOT_DESCRIBED = [
  'cache-control',
  'connection',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-resource-policy',
  'date',
  'keep-alive',
  'referrer-policy',
  'transfer-encoding',
  'x-content-type-options',
];
/** Reports are limited to a twentieth of this number a minute. */
const READS_PER_MINUTE = 1_000;
const MAX_REPORTS_PER_MINUTE = READS_PER_MINUTE / 20;
/** A valid id of every kind that does not exist. */
const ID = 'no_such_1';

type Route = (typeof ROUTE_TABLE)[number];
interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}
interface Operation {
  readonly parameters: readonly { readonly name?: string; readonly in?: string; readonly schema?: object }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, Response>>;
}
interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<'headers' | 'responses', Readonly<Record<string, Response>>>>;
}

describe('the served document', () => {
  const cleanup = createCleanup();
  let platform: Platform;
  let admin: Account;
  let served: string;
  let document: ApiDocument;

  beforeAll(async () => {
    const limits = { RATE_LIMIT_READS: String(READS_PER_MINUTE), RATE_LIMIT_ORDERS: '1000' };
    platform = await startOneProcess(cleanup, limits);
    admin = await signIn(platform.api, 'admin', ADMIN_PASSWORD);
    ({ text: served } = await sendRaw(platform.url, { method: 'GET', path: '/openapi.json' }));
    document = JSON.parse(served) as ApiDocument;
  });
  afterAll(() => cleanup.run());

  const operationOf = ({ method, path: route }: Pick<Route, 'method' | 'path'>): Operation => {
    const operation =
      document.paths[API_PREFIX + route.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    return operation ?? expect.fail(`${method} ${route} is not described`);
  };
  const pathOf = ({ path: route }: Pick<Route, 'path'>): string => route.replaceAll(/:\w+/g, ID);
  const callerOf = async ({ access }: Route): Promise<Account> =>
    Array.isArray(access) ? admin : signUp(platform.api, { cash: '1000.00' });

  it('generates types with which a program can trade', async () => {
    const { token } = await signUp(platform.api, { cash: '1000.00' });
    const folder = await temporaryFolder(cleanup);
    await writeFile(path.join(folder, 'openapi.json'), served);
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(path.join(folder, 'program.ts'), PROGRAM);
    await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));

    const node = async (file: string, ...args: string[]): Promise<string> => {
      try {
        return (await run(process.execPath, [file, ...args], { cwd: folder })).stdout;
      } catch (error) {
        const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
        return expect.fail(stdout + stderr);
      }
    };
    await node(GENERATOR, 'openapi.json', '-o', 'api.ts');
    await node(TSC, ...COMPILER_OPTIONS.split(' '), 'program.ts');
    const lines = (await node('program.js', platform.url, token)).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      ['placed', 'queued', 'from-a-program'],
      ['again', true, 'true'],
      ['listed', [true], false],
      ['cancelled', 'cancelled'],
      ['refused', 409, 'RES_003'],
      ['followed', 200],
      ['signed out', 'Logged out successfully'],
    ]);
  });

  it('gives every limit and offset its type, its range and its default', () => {
    const parameters = ROUTE_TABLE.flatMap((route) => operationOf(route).parameters);
    const paging = parameters.filter(({ name }) => name === 'limit' || name === 'offset');
    expect(paging.length).toBeGreaterThanOrEqual(10);
    const isNumber = expect.any(Number) as number;
    for (const { schema } of paging) {
      expect(schema).toEqual({ type: 'integer', minimum: isNumber, maximum: isNumber, default: isNumber });
    }
  });

  it('says whether each body may be absent, in agreement with the routes', async () => {
    const faults: string[] = [];
    for (const route of ROUTE_TABLE) {
      const { parameters, requestBody } = operationOf(route);
      // The body is optional if a cookie can replace it.
      if (!requestBody || parameters.some((parameter) => parameter.in === 'cookie')) continue;
      // Routes read the body before the query, so only a route without a required body refuses the query.
      const { token } = await callerOf(route);
      const answer = await platform.api(route.method, `${pathOf(route)}?no_such=1`, { token });
      const [error] = answer.json<{ errors: readonly { readonly parameter?: string }[] }>().errors;
      const isOptional = error?.parameter === 'no_such';
      if (requestBody.required === isOptional) faults.push(`${route.method} ${route.path}: ${answer.text}`);
    }
    expect(faults).toEqual([]);
  });

  it('declares the request headers that each route reads, and no others', async () => {
    const bad = { 'idempotency-key': 'x'.repeat(200), 'last-event-id': 'x' };
    const faults: string[] = [];
    for (const route of ROUTE_TABLE) {
      const named = operationOf(route).parameters.map(({ name = '' }) => name);
      const declared = named.filter((name) => name.toLowerCase() in bad);
      const body = BODY_ROUTES.find(
        (each) => each.method === route.method && each.route === route.path,
      )?.good;
      // A separate account, since some of these routes sign out.
      const { token } = await callerOf(route);
      const options = { token, headers: bad, ...(body && { body }) };
      const answer = await platform.api(route.method, pathOf(route), options);
      const { errors = [] } =
        answer.status === 422 ? answer.json<{ errors?: readonly { readonly header?: string }[] }>() : {};
      const read = errors.flatMap(({ header }) => header ?? []);
      if (declared.join() !== read.join()) faults.push(`${route.method} ${route.path}: ${answer.text}`);
    }
    expect(faults).toEqual([]);
  });

  it('declares exactly the headers of normal, refused, rate limited and replayed answers', async () => {
    const user = await signUp(platform.api, { cash: '1000.00' });
    const seen = new Set<string>();
    const faults: string[] = [];
    const ask = async (route: Pick<Route, 'method' | 'path'>, send: Send, options: RequestOptions = {}) => {
      const answer = await send(route.method, pathOf(route), options);
      const { responses } = operationOf(route);
      const { headers = {} } = responses[answer.status] ?? document.components.responses['Problem'] ?? {};
      const declared = Object.keys(headers).map((name) => name.toLowerCase());
      for (const name of answer.headers.keys()) {
        if (NOT_DESCRIBED.includes(name)) continue;
        seen.add(name);
        if (!declared.includes(name)) faults.push(`${route.method} ${route.path} ${answer.status}: ${name}`);
      }
      return answer;
    };

    const reads = ROUTE_TABLE.filter(({ method, path: route }) => method === 'GET' && route !== '/stream');
    for (const route of reads) {
      await ask(route, Array.isArray(route.access) ? admin.send : user.send);
      await ask(route, platform.api);
    }
    const money = { key: 'deposit-1', body: { amount: '1.00' } };
    const order = { key: 'order-1', body: { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.001' } };
    for (const status of [201, 201]) {
      const deposit = await ask({ method: 'POST', path: '/balance/deposit' }, user.send, money);
      const placed = await ask({ method: 'POST', path: '/orders' }, user.send, order);
      expect([deposit.status, placed.status]).toEqual([status, status]);
    }
    const report = { method: 'GET', path: '/trades/export' } as const;
    let last = await ask(report, user.send);
    for (let count = 0; last.status === 200 && count < MAX_REPORTS_PER_MINUTE; count++) {
      last = await ask(report, user.send);
    }
    expect(last.status).toBe(429);
    expect(faults).toEqual([]);
    const described = Object.keys(document.components.headers).map((name) => name.toLowerCase());
    expect([...seen].toSorted()).toEqual(described.toSorted());
  });
});
