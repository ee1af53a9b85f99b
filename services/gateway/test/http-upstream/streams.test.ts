import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDrain, drainAndClose } from '@cnop/common/http/drain';
import type { EventStream } from '@cnop/testing/system/event-stream';
import { openEventStream } from '@cnop/testing/system/event-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpUpstream } from '../../src/http-upstream/http-upstream.ts';
import type { Door } from '../harness.ts';
import { openDoor } from '../harness.ts';

const ORIGIN = 'https://app.example.com';
const ANSWER_TIMEOUT_MILLISECONDS = 500;
/** More than the connections that requests share. */
const IDLE_STREAMS = 200;
const MORE_THAN_SOCKETS_SWALLOW_BYTES = 64 * 1_024 * 1_024;

/** A stream that the service has open, to be written to by a test. */
interface Served {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A service that opens a stream for everybody who asks, and answers everything else at once. */
async function startStreamingService() {
  const served: Served[] = [];
  let refusal: number | undefined;
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/stream')) return void response.end('{}');
    served.push({ request, response });
    if (refusal !== undefined) {
      response.writeHead(refusal, { 'content-type': 'application/problem+json' }).end('{"code":"RATE_001"}');
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
  let door: Door;
  let authorization: string;
  const streams: EventStream[] = [];

  beforeEach(async () => {
    service = await startStreamingService();
    const drain = createDrain();
    const timeout = ANSWER_TIMEOUT_MILLISECONDS;
    const user = createHttpUpstream({
      origins: [service.origin],
      drain,
      answerTimeoutsMilliseconds: { read: timeout, write: timeout, password: timeout, stream: timeout },
    });
    door = await openDoor({ shape: 'over HTTP', upstreams: { user }, drain, corsOrigins: [ORIGIN] });
    ({ authorization } = await door.signIn('alice'));
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.cut();
    service.close();
    await door.close();
  });

  const open = async (path = '/stream', headers: Record<string, string> = {}) => {
    const url = `http://127.0.0.1:${door.port}/api/v1${path}`;
    const stream = await openEventStream(url, { headers: { authorization, ...headers } });
    streams.push(stream);
    return stream;
  };
  const said = (text: string) => (frame: { data: Readonly<Record<string, unknown>> }) =>
    frame.data['text'] === text;
  const read = () => fetch(`http://127.0.0.1:${door.port}/api/v1/balance`, { headers: { authorization } });

  it('has the headers of the gateway and those of the list, and asks for what the client asked for', async () => {
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

  it('lasts longer than an answer may take, and arrives as it is written', async () => {
    const stream = await open();
    await stream.waitFor(({ event }) => event === 'hello');
    await sleep(2 * ANSWER_TIMEOUT_MILLISECONDS);
    service.say('late');
    expect(await stream.waitFor(said('late'))).toMatchObject({ event: 'said' });
  });

  it('is closed at the service when the client goes away', async () => {
    const stream = await open();
    const closed = once(service.served[0]!.response, 'close');
    stream.cut();
    await closed;
  });

  it('is cut when the service is gone, and ended when the service ends it', async () => {
    const [cut, ended] = [await open(), await open()];
    service.served[0]!.request.socket.destroy();
    service.served[1]!.response.end();
    expect(await cut.ended).toBe(false);
    expect(await ended.ended).toBe(true);
  });

  it('that is refused is answered as the service says', async () => {
    service.refuseWith(429);
    expect(await open()).toMatchObject({
      status: 429,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
      refusal: { code: 'RATE_001', instance: '/api/v1/stream' },
    });
  });

  it('is not asked for twice', async () => {
    for (let i = 0; i < 30; i++) await read();
    service.refuseWith(503);
    expect((await open()).status).toBe(503);
    expect(service.served).toHaveLength(1);
  });

  it('takes no connection from requests while it lasts', async () => {
    // One after the other, so that a slow machine is not a failing gateway.
    for (let i = 0; i < IDLE_STREAMS; i++) await open();
    expect(service.served).toHaveLength(IDLE_STREAMS);
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await read()).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    service.say('to all');
    await Promise.all(streams.map((stream) => stream.waitFor(said('to all'))));
  });

  it('makes the service wait for a client that does not read', async () => {
    const stream = await open();
    await stream.waitFor(({ event }) => event === 'hello');
    stream.pause();
    const { response } = service.served[0]!;
    // What the sockets of this machine swallow is less, and nobody in between takes the rest.
    const comment = `:${'x'.repeat(1_021)}\n\n`;
    response.write(comment.repeat(MORE_THAN_SOCKETS_SWALLOW_BYTES / comment.length));
    await sleep(300);
    expect(response.writableLength).toBeGreaterThan(MORE_THAN_SOCKETS_SWALLOW_BYTES / 2);
    const drained = once(response, 'drain');
    stream.resume();
    await drained;
  });

  it('ends at once when the gateway drains, however many there are', async () => {
    await Promise.all(Array.from({ length: 50 }, () => open()));
    await Promise.all(streams.map((stream) => stream.waitFor(({ event }) => event === 'hello')));
    const asked = performance.now();
    await drainAndClose(door.app, door.drain);
    expect(performance.now() - asked).toBeLessThan(1_000);
    expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual(streams.map(() => true));
  });

  it('is not opened by a gateway that drains', async () => {
    door.drain.begin();
    expect(await open()).toMatchObject({ status: 503, refusal: { code: 'SVC_001' } });
    expect(service.served).toEqual([]);
  });
});
