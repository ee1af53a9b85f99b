import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDrain, drainAndClose } from '@cnop/common/http/http-server';
import type { EventStream } from '@cnop/testing/system/event-stream';
import { openEventStream } from '@cnop/testing/system/event-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestGateway } from '../harness.ts';
import { openGateway, openUpstream } from '../harness.ts';

const ORIGIN = 'https://app.example.com';
const ANSWER_TIMEOUT_MILLISECONDS = 500;
/** More than the connections of the request pool. */
const IDLE_STREAMS = 200;
const MORE_THAN_SOCKETS_SWALLOW_BYTES = 64 * 1_024 * 1_024;

/** An open stream of the service, for a test to write to. */
interface Served {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A service that opens a stream for each request to it, and responds to other requests at once. */
async function startStreamingService() {
  const served: Served[] = [];
  let refusal: number | undefined;
  let hangsUp = false;
  const server = createServer((request, response) => {
    if (hangsUp) return void request.socket.destroy();
    if (!request.url?.startsWith('/stream')) return void response.end('{}');
    served.push({ request, response });
    if (refusal !== undefined) {
      const headers = { 'content-type': 'application/problem+json', 'retry-after': '1' };
      response.writeHead(refusal, headers).end('{"code":"RATE_001"}');
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-secret': 'inside',
    });
    response.write('event: hello\ndata: {}\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    served,
    server,
    origin: new URL(`http://127.0.0.1:${port}`),
    refuseWith: (status: number) => {
      refusal = status;
    },
    hangUp: () => {
      hangsUp = true;
    },
    say: (text: string) => {
      for (const { response } of served) response.write(`event: said\ndata: {"text":"${text}"}\n\n`);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe('a stream over HTTP', () => {
  let service: Awaited<ReturnType<typeof startStreamingService>>;
  let gateway: TestGateway;
  let authorization: string;
  const streams: EventStream[] = [];

  beforeEach(async () => {
    service = await startStreamingService();
    const drain = createDrain();
    const timeout = ANSWER_TIMEOUT_MILLISECONDS;
    const user = openUpstream([service.origin], {
      drain,
      responseTimeoutsMilliseconds: { read: timeout, write: timeout, password: timeout, stream: timeout },
    });
    gateway = await openGateway({ shape: 'over HTTP', upstreams: { user }, drain, corsOrigins: [ORIGIN] });
    ({ authorization } = await gateway.signIn('alice'));
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.cut();
    service.close();
    await gateway.close();
  });

  const open = async (path = '/stream', headers: Record<string, string> = {}) => {
    const url = `http://127.0.0.1:${gateway.port}/api/v1${path}`;
    const stream = await openEventStream(url, { headers: { authorization, ...headers } });
    streams.push(stream);
    return stream;
  };
  const said = (text: string) => (frame: { data: Readonly<Record<string, unknown>> }) =>
    frame.data['text'] === text;
  const read = () => fetch(`http://127.0.0.1:${gateway.port}/api/v1/balance`, { headers: { authorization } });

  it('has the headers of the gateway and the allowed ones of the service, and forwards the query', async () => {
    const stream = await open('/stream?prices=BTC', { 'last-event-id': '7', origin: ORIGIN });
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String) as string,
      'access-control-allow-origin': ORIGIN,
    });
    expect(stream.headers).not.toHaveProperty('x-secret');
    const [{ request }] = service.served as [Served];
    expect(request.url).toBe('/stream?prices=BTC');
    expect(request.headers).toMatchObject({ 'last-event-id': '7', authorization });
  });

  it('lasts longer than the response timeout, and arrives as it is written', async () => {
    const stream = await open();
    await stream.waitFor(({ event }) => event === 'hello');
    await sleep(2 * ANSWER_TIMEOUT_MILLISECONDS);
    service.say('late');
    expect(await stream.waitFor(said('late'))).toMatchObject({ event: 'said' });
  });

  it('is closed at the service when the client disconnects', async () => {
    const stream = await open();
    const closed = once(service.served[0]!.response, 'close');
    stream.cut();
    await closed;
  });

  it('is cut off when the service breaks off, and ends when the service ends it', async () => {
    const [cut, ended] = [await open(), await open()];
    service.served[0]!.request.socket.destroy();
    service.served[1]!.response.end();
    expect(await cut.ended).toBe(false);
    expect(await ended.ended).toBe(true);
  });

  it('that is refused has the response of the service', async () => {
    service.refuseWith(429);
    expect(await open()).toMatchObject({
      status: 429,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
      refusal: { code: 'RATE_001', instance: '/api/v1/stream' },
    });
  });

  it('that an instance refuses, hangs up on or is not ready for is opened at another instance', async () => {
    const other = await startStreamingService();
    for (const fail of ['refuses', 'hangs up', 'is not ready'] as const) {
      const failing = await startStreamingService();
      if (fail === 'refuses') failing.close();
      if (fail === 'hangs up') failing.hangUp();
      if (fail === 'is not ready') failing.refuseWith(503);
      const user = openUpstream([failing.origin, other.origin]);
      const before = await openGateway({ shape: 'over HTTP', upstreams: { user } });
      const headers = await before.signIn('alice');
      for (let i = 0; i < 5; i++) {
        const stream = await openEventStream(`http://127.0.0.1:${before.port}/api/v1/stream`, { headers });
        streams.push(stream);
        expect([fail, stream.status]).toEqual([fail, 200]);
      }
      await before.close();
      failing.close();
    }
    expect(other.served).toHaveLength(15);
    other.close();
  });

  it('takes no connection from requests while it lasts', async () => {
    // Opened in sequence, so that a slow machine does not fail the test.
    for (let i = 0; i < IDLE_STREAMS; i++) await open();
    expect(service.served).toHaveLength(IDLE_STREAMS);
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await read()).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    service.say('to all');
    await Promise.all(streams.map((stream) => stream.waitFor(said('to all'))));
  });

  it('applies the backpressure of a client that does not read', async () => {
    const stream = await open();
    await stream.waitFor(({ event }) => event === 'hello');
    stream.pause();
    const { response } = service.served[0]!;
    // The socket buffers of a machine hold less, and the gateway buffers no more.
    const comment = `:${'x'.repeat(1_021)}\n\n`;
    response.write(comment.repeat(MORE_THAN_SOCKETS_SWALLOW_BYTES / comment.length));
    await sleep(300);
    expect(response.writableLength).toBeGreaterThan(MORE_THAN_SOCKETS_SWALLOW_BYTES / 2);
    const drained = once(response, 'drain');
    stream.resume();
    await drained;
  });

  it('ends at once when the gateway drains, together with all others', async () => {
    await Promise.all(Array.from({ length: 50 }, () => open()));
    await Promise.all(streams.map((stream) => stream.waitFor(({ event }) => event === 'hello')));
    const asked = performance.now();
    await drainAndClose(gateway.app, gateway.drain);
    expect(performance.now() - asked).toBeLessThan(1_000);
    expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual(streams.map(() => true));
  });

  it('is not opened by a draining gateway', async () => {
    gateway.drain.begin();
    expect(await open()).toMatchObject({ status: 503, refusal: { code: 'SVC_001' } });
    expect(service.served).toEqual([]);
  });
});
