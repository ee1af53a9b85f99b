import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort } from '@cnop/testing/system/free-port';
import { Pool } from 'undici';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OutgoingRequest } from '../../src/upstreams/send-request.ts';
import { sendRequest } from '../../src/upstreams/send-request.ts';
import { createDeadline } from '../../src/upstreams/upstream-failures.ts';

const DEADLINE_MILLISECONDS = 20_000;
const ORDER: OutgoingRequest = {
  method: 'POST',
  path: '/orders',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{}'),
  bodyTimeoutMilliseconds: 0,
};

let cleanup: Cleanup;
beforeEach(() => {
  cleanup = createCleanup();
});
afterEach(() => cleanup.run());

function poolFor(port: number): Pool {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 });
  cleanup.defer(() => pool.destroy());
  return pool;
}

function send(pool: Pool, milliseconds = DEADLINE_MILLISECONDS) {
  const deadline = createDeadline(milliseconds);
  return sendRequest(pool, ORDER, deadline).finally(deadline.stopClock);
}

async function serverThat(handle: Parameters<typeof createServer>[1]) {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

it('says that a request to a closed port found no connection', async () => {
  const pool = poolFor(await freePort());
  await expect(send(pool)).rejects.toMatchObject({ status: 502, loss: 'unreachable' });
});

it('says that a request may have been executed when its connection is lost after it was written', async () => {
  const { port } = await serverThat((request) => request.socket.destroy());
  await expect(send(poolFor(port))).rejects.toMatchObject({ status: 502, loss: 'broken' });
});

it.each([
  { when: 'while it waited', syscall: 'read', turns: 0 },
  { when: 'just before it was written', syscall: 'write', turns: 5 },
])(
  'says that a request was not sent when its kept-alive connection was reset $when',
  async ({ syscall, turns }) => {
    // The server runs in a thread of its own, so that it can reset the connection while the client's loop stands still.
    const reset = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
     const server = require('node:http').createServer((request, response) => response.end('{}'));
     const sockets = [];
     server.on('connection', (socket) => sockets.push(socket));
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
     parentPort.on('message', () => {
       for (const socket of sockets) socket.resetAndDestroy();
       setTimeout(() => { Atomics.store(workerData, 0, 1); Atomics.notify(workerData, 0); }, 20);
     });`,
      { eval: true, workerData: reset },
    );
    cleanup.defer(() => worker.terminate());
    const [port] = (await once(worker, 'message')) as [number];
    const pool = poolFor(port);
    await text((await send(pool)).body);

    // undici reuses a connection a few turns of the event loop after its last response. Then it sends in the same phase of a
    // turn in which this callback waits for the reset, and in which no socket is read.
    for (let turn = 0; turn < turns; turn++) await nextTurn();
    setImmediate(() => {
      worker.postMessage('reset');
      Atomics.wait(reset, 0, 0, DEADLINE_MILLISECONDS);
    });
    await expect(send(pool)).rejects.toMatchObject({
      status: 502,
      loss: 'unsent',
      cause: { syscall },
    });
  },
);

it('sends a request on a new connection when the server has closed the kept-alive one', async () => {
  const { server, port } = await serverThat((_request, response) => void response.end('{}'));
  const pool = poolFor(port);
  await text((await send(pool)).body);
  const closed = once(pool, 'disconnect');
  server.closeIdleConnections();
  await closed;
  expect((await send(pool)).statusCode).toBe(200);
});

it('ends with the deadline, also while it waits for a connection', async () => {
  const requests: string[] = [];
  const { port } = await serverThat((request) => void requests.push(request.url ?? ''));
  const pool = poolFor(port);
  const timedOut = { status: 504, message: 'A service did not answer in time.' };
  const first = send(pool, 300);
  const second = send(pool, 100);
  await expect(second).rejects.toMatchObject(timedOut);
  await expect(first).rejects.toMatchObject(timedOut);
  expect(requests).toEqual(['/orders']);
});

it('breaks off the body when the connection is lost', async () => {
  const { port } = await serverThat((request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setTimeout(() => request.socket.destroy(), 20);
  });
  const { body } = await send(poolFor(port));
  await expect(text(body)).rejects.toMatchObject({ loss: 'broken' });
});
