import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { MAX_POSTPONED_RESPONSES, PostponedResponse } from '../../src/http/postponed-response.ts';

type Respond = (response: ServerResponse, request: IncomingMessage) => void;

let server: Server | undefined;

async function listen(respond: Respond): Promise<string> {
  server = createServer({ ServerResponse: PostponedResponse }, (request, response) =>
    respond(response, request),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends requests, and answers them when all have arrived. */
async function answerTogether(count: number, turn: (responses: readonly ServerResponse[]) => unknown) {
  const waiting: ServerResponse[] = [];
  const arrivals = new EventEmitter();
  const url = await listen((response) => {
    if (waiting.push(response) === count) arrivals.emit('all');
  });
  const answers = Promise.allSettled(
    Array.from({ length: count }, () => fetch(url).then((answer) => answer.text())),
  );
  await once(arrivals, 'all');
  await turn(waiting);
  return answers;
}

const socketsOf = (responses: readonly ServerResponse[]) => responses.map(({ socket }) => socket);
const hasSent = (socket: Socket | null) => socket !== null && socket.bytesWritten > 0;

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server) await once(server, 'close');
  server = undefined;
});

test('all responses are sent at the end of the turn, none before', async () => {
  const answers = await answerTogether(3, async (responses) => {
    const sockets = socketsOf(responses);
    for (const response of responses) response.end('done');
    await Promise.resolve();
    expect(sockets.map(hasSent)).toEqual([false, false, false]);
    await endOfTurn();
    expect(sockets.map(hasSent)).toEqual([true, true, true]);
  });

  expect(answers).toEqual(Array(3).fill({ status: 'fulfilled', value: 'done' }));
});

test('a response counts as ended from the call of end', async () => {
  await answerTogether(1, ([response]) => {
    expect(response?.writableEnded).toBe(false);
    response?.end();
    expect(response?.writableEnded).toBe(true);
  });
});

test('the response that fills a group sends it at once', async () => {
  await answerTogether(MAX_POSTPONED_RESPONSES, (responses) => {
    const sockets = socketsOf(responses);
    for (const response of responses.slice(1)) response.end();
    expect(sockets.some(hasSent)).toBe(false);
    responses[0]?.end();
    expect(sockets.every(hasSent)).toBe(true);
  });
});

test('a response that cannot be sent does not stop the others', async () => {
  const [bad, good] = await answerTogether(2, async ([first, second]) => {
    const closed = first && once(first, 'close');
    // An invalid argument makes `end` throw.
    first?.end(12 as unknown as string);
    second?.end('good');
    await closed;
  });

  expect(new Set([bad?.status, good?.status])).toEqual(new Set(['fulfilled', 'rejected']));
});

test('a callback is called when the response is sent', async () => {
  const calls: string[] = [];
  await answerTogether(3, async ([bare, withBody, withEncoding]) => {
    bare?.end(() => calls.push('bare'));
    withBody?.end('body', () => calls.push('body'));
    withEncoding?.end('626f6479', 'hex', () => calls.push('encoding'));
    expect(calls).toEqual([]);
    await endOfTurn();
  });

  expect(calls).toEqual(['bare', 'body', 'encoding']);
});

test('pipelined requests are answered in their order', async () => {
  const responses: ServerResponse[] = [];
  const url = await listen((response, request) => {
    responses.push(response);
    if (request.url !== '/second') return;
    responses[1]?.end('2nd');
    responses[0]?.end('1st');
  });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(
    'GET /first HTTP/1.1\r\nhost: a\r\n\r\nGET /second HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  );

  expect((await text(socket)).match(/1st|2nd/g)).toEqual(['1st', '2nd']);
});
