import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpUpstream } from '../../src/upstreams/http-upstream.ts';
import type { TestGateway } from '../harness.ts';
import { openGateway } from '../harness.ts';

const TIMEOUT_MILLISECONDS = 150;
const HALF_OPEN_AFTER_MILLISECONDS = 300;
const FAILURES_TO_OPEN = 5;

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const answerWith =
  (status: number, body = '{}', headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
const hangUp: Behaviour = (request) => request.socket.destroy();
const neverAnswer: Behaviour = () => undefined;

/** A service that fails on request. */
class Misbehaving {
  readonly seen: string[] = [];
  behaviour: Behaviour = answerWith(200);
  readonly server: Server = createServer((request, response) => {
    this.seen.push(`${request.method} ${request.url}`);
    this.behaviour(request, response);
  });

  async listen(): Promise<URL> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

describe('a service over HTTP', () => {
  let services: Misbehaving[];
  let gateway: TestGateway;
  let authorization: string;

  const open = async (instances: number) => {
    await gateway?.close();
    services = Array.from({ length: instances }, () => new Misbehaving());
    const origins = await Promise.all(services.map((service) => service.listen()));
    gateway = await openGateway({
      shape: 'over HTTP',
      upstreams: {
        user: createHttpUpstream({
          origins,
          responseTimeoutsMilliseconds: {
            read: TIMEOUT_MILLISECONDS,
            write: TIMEOUT_MILLISECONDS,
            password: TIMEOUT_MILLISECONDS,
            stream: TIMEOUT_MILLISECONDS,
          },
          halfOpenAfterMilliseconds: HALF_OPEN_AFTER_MILLISECONDS,
        }),
      },
    });
    ({ authorization } = await gateway.signIn('alice'));
  };
  const theService = () => services[0]!;

  beforeEach(() => open(1));
  afterEach(async () => {
    await gateway.close();
    await Promise.all(services.map((service) => service.close()));
  });

  const send = (method: 'GET' | 'POST', path: string) =>
    fetch(`http://127.0.0.1:${gateway.port}/api/v1${path}`, { method, headers: { authorization } });
  const read = () => send('GET', '/balance');
  const write = () => send('POST', '/balance/deposit');
  const statusesOf = async (times: number, request: () => Promise<Response>) => {
    const statuses: number[] = [];
    for (let time = 0; time < times; time++) statuses.push((await request()).status);
    return statuses;
  };
  /** Sends the ten requests that earn one retry. */
  const earnRetry = async () => {
    theService().behaviour = answerWith(200);
    await statusesOf(10, read);
    theService().seen.length = 0;
  };

  it('has only the allowed headers of its response forwarded', async () => {
    theService().behaviour = answerWith(201, '{"a":1}', {
      'idempotency-replayed': 'true',
      'retry-after': '7',
      location: '/orders/1',
      'content-disposition': 'attachment; filename="a.csv"',
      'set-cookie': 'a=b',
      server: 'secret/1.0',
      'x-powered-by': 'secret',
      'access-control-allow-origin': '*',
      'x-request-id': 'not-yours',
      'content-security-policy': "default-src 'self'",
      'keep-alive': 'timeout=99',
    });
    const answer = await write();
    expect([answer.status, await answer.text()]).toEqual([201, '{"a":1}']);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'idempotency-replayed': 'true',
      'retry-after': '7',
      location: '/orders/1',
      'content-disposition': 'attachment; filename="a.csv"',
      'content-type': 'application/json',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    for (const name of ['set-cookie', 'server', 'x-powered-by', 'access-control-allow-origin']) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers['x-request-id']).not.toBe('not-yours');
    expect(headers['keep-alive']).not.toContain('99');
  });

  it('reports its problems with the public path', async () => {
    theService().behaviour = answerWith(
      422,
      '{"code":"BUS_001","instance":"/balance/deposit","available":"1.00"}',
      {
        'content-type': 'application/problem+json; charset=utf-8',
      },
    );
    const answer = await write();
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await answer.json()).toEqual({
      code: 'BUS_001',
      instance: '/api/v1/balance/deposit',
      available: '1.00',
    });
  });

  it('has its response forwarded as it arrives', async () => {
    let end = () => {};
    theService().behaviour = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      end = () => response.end('data: 2\n\n');
    };
    const answer = await read();
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: 1\n\n');
    await sleep(2 * TIMEOUT_MILLISECONDS);
    end();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: 2\n\n');
  });

  it('gives 502 when it hangs up, and 504 when it takes too long', async () => {
    theService().behaviour = hangUp;
    const broken = await write();
    expect(broken.status).toBe(502);
    expect(await broken.json()).toMatchObject({
      code: 'SVC_002',
      retryable: true,
      detail: 'A service could not be reached.',
    });
    theService().behaviour = neverAnswer;
    const late = await write();
    expect(late.status).toBe(504);
    expect(await late.json()).toMatchObject({ code: 'SVC_002', detail: 'A service did not answer in time.' });
  });

  it('gives 502 when no instance listens', async () => {
    await theService().close();
    expect((await write()).status).toBe(502);
  });

  it('that breaks off a response breaks it off for the client', async () => {
    theService().behaviour = (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half":');
      setTimeout(() => request.socket.destroy(), 20);
    };
    const answer = await read();
    await expect(answer.text()).rejects.toThrow('terminated');
  });

  it('gets no requests after five failures in a row, then one probe, then all requests', async () => {
    theService().behaviour = hangUp;
    expect(await statusesOf(FAILURES_TO_OPEN, write)).toEqual([502, 502, 502, 502, 502]);
    const refused = await write();
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ code: 'SVC_001', retryable: true });
    expect(theService().seen).toHaveLength(FAILURES_TO_OPEN);

    await sleep(HALF_OPEN_AFTER_MILLISECONDS + 20);
    let release = () => {};
    theService().behaviour = (_request, response) => {
      release = () => response.end();
    };
    const probe = write();
    while (theService().seen.length === FAILURES_TO_OPEN) await sleep(5);
    expect(await statusesOf(3, write)).toEqual([503, 503, 503]);
    expect(theService().seen).toHaveLength(FAILURES_TO_OPEN + 1);
    release();
    expect((await probe).status).toBe(200);

    theService().behaviour = answerWith(200);
    expect(await statusesOf(3, write)).toEqual([200, 200, 200]);
  });

  it('gets no requests again when the probe fails', async () => {
    theService().behaviour = neverAnswer;
    await Promise.all(Array.from({ length: FAILURES_TO_OPEN }, write));
    await sleep(HALF_OPEN_AFTER_MILLISECONDS + 20);
    theService().behaviour = hangUp;
    expect(await statusesOf(3, write)).toEqual([502, 503, 503]);
    expect(theService().seen).toHaveLength(FAILURES_TO_OPEN + 1);
  });

  it.each([
    ['4xx', answerWith(429)],
    ['500', answerWith(500)],
    [
      'a 503 that the service itself explains',
      answerWith(503, '{}', { 'content-type': 'application/problem+json' }),
    ],
  ])('is never spared for %s', async (_, behaviour) => {
    theService().behaviour = behaviour;
    await statusesOf(3 * FAILURES_TO_OPEN, write);
    expect(theService().seen).toHaveLength(3 * FAILURES_TO_OPEN);
  });

  it('gets no requests after bare 503 responses, which a proxy sends', async () => {
    theService().behaviour = answerWith(503, 'no upstream', { 'content-type': 'text/plain' });
    await statusesOf(2 * FAILURES_TO_OPEN, write);
    expect(theService().seen).toHaveLength(FAILURES_TO_OPEN);
  });

  it('starts a new count of failures after a success', async () => {
    for (let round = 0; round < 3; round++) {
      theService().behaviour = hangUp;
      expect(await statusesOf(FAILURES_TO_OPEN - 1, write)).toEqual([502, 502, 502, 502]);
      theService().behaviour = answerWith(200);
      expect((await write()).status).toBe(200);
    }
  });

  it.each([
    ['hangs up', hangUp, 502],
    ['answers 502', answerWith(502), 502],
    ['answers 503', answerWith(503), 503],
    ['answers 504', answerWith(504), 504],
  ])('is asked once more for a read when it %s', async (_, behaviour, status) => {
    await earnRetry();
    theService().behaviour = behaviour;
    expect((await read()).status).toBe(status);
    expect(theService().seen).toEqual(['GET /balance', 'GET /balance']);
  });

  it('gets a failed read a second time', async () => {
    await earnRetry();
    theService().behaviour = (request, response) => {
      theService().behaviour = answerWith(200);
      hangUp(request, response);
    };
    expect((await read()).status).toBe(200);
  });

  it.each([
    ['a write', hangUp, write],
    ['a timeout', neverAnswer, read],
    ['a 500', answerWith(500), read],
    ['a 404', answerWith(404), read],
  ])('is not asked again after %s', async (_, behaviour, request) => {
    await earnRetry();
    theService().behaviour = behaviour;
    await request();
    expect(theService().seen).toHaveLength(1);
  });

  it('gets at most a tenth more requests by retries', async () => {
    theService().behaviour = answerWith(503, '{}', { 'content-type': 'application/problem+json' });
    await statusesOf(200, read);
    expect(theService().seen.length).toBeGreaterThan(200);
    expect(theService().seen.length).toBeLessThanOrEqual(220);
  });

  it('sees a disconnect of the client, which is not counted as a failure', async () => {
    theService().behaviour = neverAnswer;
    for (let time = 0; time < 2 * FAILURES_TO_OPEN; time++) {
      const upstreamClosed = new Promise<void>((resolve) => {
        theService().behaviour = (request) => request.socket.once('close', () => resolve());
      });
      const client = connect(gateway.port, '127.0.0.1');
      client.write(`GET /api/v1/balance HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
      while (theService().seen.length <= time) await sleep(2);
      client.destroy();
      await upstreamClosed;
    }
    theService().behaviour = answerWith(200);
    expect((await read()).status).toBe(200);
  });

  it('shares requests among its instances and skips one that is down', async () => {
    await open(3);
    expect(await statusesOf(9, write)).toEqual(Array.from({ length: 9 }, () => 200));
    expect(services.map(({ seen }) => seen.length)).toEqual([3, 3, 3]);
    await services[1]!.close();
    await statusesOf(3 * FAILURES_TO_OPEN, write);
    expect(await statusesOf(9, write)).toEqual(Array.from({ length: 9 }, () => 200));
  });

  it('reuses its connections', async () => {
    const sockets = new Set<unknown>();
    theService().server.on('connection', (socket) => sockets.add(socket));
    await statusesOf(20, read);
    // One would do, but a response may arrive a moment before its connection is free again.
    expect(sockets.size).toBeLessThan(10);
  });
});
