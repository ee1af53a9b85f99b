import type { Drain } from '@cnop/common/http/drain';
import type { FastifyReply } from 'fastify';
import type { Dispatcher } from 'undici';
import { passedHeadersOf } from './answer.ts';

/**
 * Passes on an answer that lasts, at the pace of its client, until either side ends it or this process is on its way
 * out. Without Fastify, which would have it that an answer which is not finished has failed.
 */
export function passStream(reply: FastifyReply, answer: Dispatcher.ResponseData, drain: Drain): void {
  const { raw } = reply.hijack();
  const { body } = answer;
  if (raw.destroyed) {
    body.on('error', () => undefined).destroy();
    return;
  }
  // What the gateway has to say itself is on the raw answer already.
  raw.writeHead(answer.statusCode, passedHeadersOf(answer));
  const stopWaiting = drain.onBegin(() => {
    // The client gets a proper end, maybe in the middle of an event, which it then does not count.
    body.unpipe(raw);
    raw.end();
  });
  raw.once('close', () => {
    stopWaiting();
    body.destroy();
  });
  body.on('error', () => raw.destroy());
  body.pipe(raw);
}
