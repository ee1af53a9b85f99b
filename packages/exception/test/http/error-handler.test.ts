import { Writable } from 'node:stream';
import {
  InternalError,
  NotFoundError,
  RateLimitedError,
  UnavailableError,
  UpstreamError,
  ValidationError,
} from '@cnop/exception/errors';
import { createKnownPaths, registerErrorHandlers } from '@cnop/exception/http/error-handler';
import { ProblemError } from '@cnop/exception/problem-error';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';

const NOW = new Date('2026-01-15T12:00:00.000Z');
const SECRET = 'internal-secret-4711';

const apps: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

/** Builds an app with routes that throw the given value, and its log. */
function anApp(thrown?: unknown) {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const app = Fastify({ logger: { level: 'debug', stream }, bodyLimit: 100, genReqId: () => 'trace-1' });
  registerErrorHandlers(app, () => NOW);
  app.get('/async', async () => {
    await Promise.resolve();
    throw thrown;
  });
  app.get('/sync', () => {
    throw thrown;
  });
  app.get('/callback', (_request, reply) => {
    setImmediate(() => void reply.send(thrown));
  });
  app.get('/hook', { onRequest: async () => Promise.reject(thrown as Error) }, () => 'never');
  app.get('/unwritable', () => ({ amount: 1n }));
  app.post('/body', (request) => request.body);
  apps.push(app);
  return { app, lines };
}

describe('a ProblemError', () => {
  it.each(['/async', '/sync', '/callback', '/hook'])('is sent unchanged from %s', async (url) => {
    const { app } = anApp(ValidationError.ofField('amount', 'Too much.', 'too_big'));
    const response = await app.inject({ url: `${url}?token=${SECRET}` });
    expect(response.statusCode).toBe(422);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.json()).toEqual({
      type: '/errors/VAL_001',
      title: 'Invalid input',
      status: 422,
      detail: 'Invalid: amount.',
      instance: url,
      code: 'VAL_001',
      trace_id: 'trace-1',
      timestamp: NOW.toISOString(),
      retryable: false,
      errors: [{ field: 'amount', pointer: '/amount', message: 'Too much.', code: 'too_big' }],
    });
  });

  it('has Retry-After', async () => {
    for (const error of [
      new RateLimitedError(30),
      new UnavailableError('Busy.', { retryAfterSeconds: 30 }),
    ]) {
      const response = await anApp(error).app.inject({ url: '/async' });
      expect(response.headers['retry-after']).toBe('30');
      expect(response.json()).toMatchObject({ retryable: true });
    }
    const response = await anApp(new NotFoundError('It')).app.inject({ url: '/async' });
    expect(response.headers).not.toHaveProperty('retry-after');
  });

  it('has WWW-Authenticate when a token is missing', async () => {
    const response = await anApp(new ProblemError('AUTH_001')).app.inject({ url: '/async' });
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });

  it('is logged as an error with its cause for 5xx, and at debug level otherwise', async () => {
    const ours = anApp(new UpstreamError('A service failed.', { cause: new Error(SECRET) }));
    const response = await ours.app.inject({ url: '/async' });
    expect(response.statusCode).toBe(502);
    expect(response.body).not.toContain(SECRET);
    const logged = ours.lines.filter((line) => line.includes('"level":50'));
    expect(logged.join('')).toContain(SECRET);
    expect(logged.join('')).toContain('"request_id":"trace-1"');

    const theirs = anApp(new NotFoundError('It'));
    await theirs.app.inject({ url: '/async' });
    expect(theirs.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});

class Hostile extends Error {
  readonly statusCode = 418;
  readonly code = 'ECONNREFUSED';
  constructor() {
    super(SECRET);
  }
}

const GARBAGE: readonly (readonly [string, unknown])[] = [
  ['an error', new Error(SECRET)],
  ['an error of the system', Object.assign(new Error(SECRET), { code: 'ENOENT', path: SECRET })],
  ['an error with a status of its own', new Hostile()],
  ['an error with the status 200', Object.assign(new Error(SECRET), { statusCode: 200 })],
  ['an error with a status that is a text', Object.assign(new Error(SECRET), { statusCode: '404' })],
  ['an error with a code that is a number', Object.assign(new Error(SECRET), { statusCode: 404, code: 5 })],
  ['an error with a code that is an object', Object.assign(new Error(SECRET), { statusCode: 400, code: {} })],
  ['an error with our own code', Object.assign(new Error(SECRET), { statusCode: 400, code: 'VAL_001' })],
  ['a text', SECRET],
  ['an empty text', ''],
  ['a number', 42],
  ['nothing', undefined],
  ['null', null],
  ['false', false],
  ['an object', { message: SECRET }],
  ['an object like an answer', { statusCode: 200, message: SECRET, headers: { 'x-secret': SECRET } }],
  ['an error with headers', Object.assign(new Error(SECRET), { headers: { 'x-secret': SECRET } })],
  ['a list', [SECRET]],
  ['a function', () => SECRET],
  ['a symbol', Symbol(SECRET)],
  ['a frozen error', Object.freeze(new Error(SECRET))],
  ['an error without a stack', Object.assign(new Error(SECRET), { stack: undefined })],
  [
    'an error that contains itself',
    (() => {
      const error: Error & { self?: unknown } = new Error(SECRET);
      error.self = error;
      return error;
    })(),
  ],
  ['an internal error', new InternalError(new Error(SECRET))],
];

describe('any other thrown value', () => {
  for (const url of ['/async', '/hook']) {
    it.each(GARBAGE)(`is INT_001 from ${url} without details: %s`, async (_name, thrown) => {
      const response = await anApp(thrown).app.inject({ url });
      expect(response.statusCode).toBe(500);
      expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(response.json()).toMatchObject({
        code: 'INT_001',
        status: 500,
        detail: 'Something went wrong on our side.',
        instance: url,
        trace_id: 'trace-1',
      });
      expect(JSON.stringify([response.headers, response.body])).not.toMatch(
        new RegExp(`${SECRET}|node_modules|\\.ts:`),
      );
    });
  }

  it('is INT_001 when a response cannot be serialized', async () => {
    const response = await anApp().app.inject({ url: '/unwritable' });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: 'INT_001' });
    expect(response.body).not.toContain('BigInt');
  });
});

describe('a request that Fastify refuses', () => {
  const post = (payload: string, headers: Record<string, string> = {}) =>
    anApp().app.inject({
      method: 'POST',
      url: '/body?x=1',
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    });

  it.each([
    ['invalid JSON', '{"a":', {}, 400],
    ['a body that is empty', '', {}, 400],
    ['a body that is too large', JSON.stringify('x'.repeat(200)), {}, 413],
    ['another media type', '<a/>', { 'content-type': 'application/xml' }, 415],
    ['an invalid media type', '{}', { 'content-type': 'application/json,text/plain' }, 415],
    ['a key that would change a prototype', '{"__proto__":{"x":1}}', {}, 400],
    ['a wrong length', '{"a":1}', { 'content-length': '3' }, 400],
  ])('is VAL_002: %s', async (_name, payload, headers, status) => {
    const response = await post(payload, headers);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.json()).toMatchObject({ code: 'VAL_002', status, instance: '/body', retryable: false });
    expect(response.body).not.toMatch(/FST_|Unexpected|position/);
  });

  it('is RES_001 for an unknown route, without its query', async () => {
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const response = await anApp().app.inject({ method, url: '/nowhere?password=x' });
      expect(response.statusCode).toBe(404);
      expect(response.json()).toMatchObject({
        code: 'RES_001',
        detail: 'The route was not found.',
        instance: '/nowhere',
      });
    }
  });
});

describe('the known paths of an app', () => {
  const paths = createKnownPaths();
  paths.add('GET', '/orders');
  paths.add(['POST'], '/orders');
  paths.add('HEAD', '/orders');
  paths.add('POST', '/orders/preview');
  paths.add(['GET', 'DELETE'], '/orders/:id');
  paths.add('GET', '/docs/start.js');
  paths.add('GET', '/*');

  it.each([
    ['/orders', ['GET', 'HEAD', 'POST']],
    ['/orders/', ['GET', 'HEAD', 'POST']],
    ['/orders/1', ['DELETE', 'GET']],
    // Also matches an order with that id.
    ['/orders/preview', ['DELETE', 'GET', 'POST']],
    ['/docs/start.js', ['GET']],
    ['/docs/start-js', []],
    ['/orders//', []],
    ['/orders/1/2', []],
    ['/ordersx', []],
    ['/', []],
  ])('%s takes %j', (path, methods) => expect(paths.methodsOf(path)).toEqual(methods));
});
