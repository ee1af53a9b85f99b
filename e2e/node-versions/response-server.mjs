// A small server with every kind of response. Given `together`, it sends them as the platform does; else as Fastify does.
// It is JavaScript, so that each version of Node runs it as it is.

import process from 'node:process';
import { Readable } from 'node:stream';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { sendTogether } from '@cnop/common/http/send-together';
import Fastify from 'fastify';

const LARGE = 'a large body '.repeat(200_000);

let wasHeld = false;

const app = Fastify({ logger: false });
if (process.argv[2] === 'together') sendTogether(app);

app.get('/health/ready', () => 'ready');
app.get('/plain', () => ({ plain: true }));
app.get('/buffer', (_request, reply) => reply.type('text/csv').send(Buffer.from('a,b\n')));
app.get('/large', () => LARGE);
app.get('/empty', (_request, reply) => reply.code(204).send());
app.post('/body', (request) => request.body);
app.get('/late', async () => {
  await endOfTurn();
  return 'late';
});
app.get('/failure', async () => {
  throw new Error('planted');
});
app.get('/stream', (_request, reply) =>
  reply.type('text/plain').send(Readable.from(['one', 'two', 'three'])),
);
app.get('/broken-stream', (_request, reply) => {
  const body = new Readable({ read() {} });
  reply.send(body);
  body.destroy(new Error('planted'));
});
app.get('/events', async (_request, reply) => {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const id of [1, 2, 3]) {
    reply.raw.write(`id: ${id}\n\n`);
    await endOfTurn();
  }
  reply.raw.end();
});

// Tells whether a response was still unsent after the handler and all promises of its turn.
app.get('/watched', (_request, reply) => {
  reply.send('watched');
  process.nextTick(() => {
    wasHeld = !reply.raw.writableEnded;
  });
});
app.get('/was-held', () => String(wasHeld));

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
process.on('SIGTERM', () => void app.close());
