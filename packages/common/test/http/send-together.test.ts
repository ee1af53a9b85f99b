import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { MAX_RESPONSES_TOGETHER, sendTogether } from '@cnop/common/http/send-together';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';

const app: { current?: FastifyInstance } = {};
afterEach(() => app.current?.close());

/** Starts an app whose replies the test sends. */
async function listen(answer: (reply: FastifyReply) => void): Promise<string> {
  app.current = Fastify({ forceCloseConnections: true });
  sendTogether(app.current);
  app.current.get('/*', (_request, reply) => answer(reply));
  return app.current.listen({ host: '127.0.0.1', port: 0 });
}

/** Sends requests, and answers them when all have arrived. */
async function answerTogether(count: number, turn: (replies: readonly FastifyReply[]) => unknown) {
  const waiting: FastifyReply[] = [];
  const arrivals = new EventEmitter();
  const url = await listen((reply) => {
    if (waiting.push(reply) === count) arrivals.emit('all');
  });
  const answers = Promise.allSettled(
    Array.from({ length: count }, () => fetch(url).then((answer) => answer.text())),
  );
  await once(arrivals, 'all');
  await turn(waiting);
  return answers;
}

const socketsOf = (replies: readonly FastifyReply[]) => replies.map(({ raw }) => raw.socket);
const hasSent = (socket: Socket | null) => socket !== null && socket.bytesWritten > 0;

test('all responses are sent at the end of the turn, none before', async () => {
  const answers = await answerTogether(3, async (replies) => {
    const sockets = socketsOf(replies);
    for (const reply of replies) reply.send('done');
    await Promise.resolve();
    expect(sockets.map(hasSent)).toEqual([false, false, false]);
    await endOfTurn();
    expect(sockets.map(hasSent)).toEqual([true, true, true]);
  });

  expect(answers).toEqual(Array(3).fill({ status: 'fulfilled', value: 'done' }));
});

test('the response that fills a group sends it at once', async () => {
  await answerTogether(MAX_RESPONSES_TOGETHER, (replies) => {
    const sockets = socketsOf(replies);
    for (const reply of replies.slice(1)) reply.send(Buffer.from('done'));
    expect(sockets.some(hasSent)).toBe(false);
    replies[0]?.send('done');
    expect(sockets.every(hasSent)).toBe(true);
  });
});

test('a response that cannot be sent does not stop the others', async () => {
  const [bad, good] = await answerTogether(2, ([first, second]) => {
    first?.header('x-invalid', 'a\nb').send('bad');
    second?.send('good');
  });

  expect(new Set([bad?.status, good?.status])).toEqual(new Set(['fulfilled', 'rejected']));
});

test('a stream that fails before the end of the turn ends its response', async () => {
  const answers = await answerTogether(1, ([reply]) => {
    const body = Readable.from(['never sent']);
    reply?.send(body);
    body.destroy(new Error('planted'));
  });

  expect(answers.map(({ status }) => status)).toEqual(['fulfilled']);
  expect(JSON.stringify(answers)).toContain('planted');
});

test('pipelined requests are answered in their order', async () => {
  const replies: FastifyReply[] = [];
  const url = await listen((reply) => {
    if (replies.push(reply) < 2) return;
    replies[1]?.send('2nd');
    replies[0]?.send('1st');
  });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(
    'GET /first HTTP/1.1\r\nhost: a\r\n\r\nGET /second HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  );

  expect((await text(socket)).match(/1st|2nd/g)).toEqual(['1st', '2nd']);
});
