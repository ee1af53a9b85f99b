import type { Drain } from '@cnop/common/process/drain';
import type { FastifyReply } from 'fastify';
import type { Dispatcher } from 'undici';
import { pickHeaders } from './forward-response.ts';

/**
 * Forwards a stream at the pace of its client, until either side ends it or this process drains. It bypasses Fastify, which
 * would treat a response without an end as failed.
 */
export function forwardStream(reply: FastifyReply, response: Dispatcher.ResponseData, drain: Drain): void {
  const { raw } = reply.hijack();
  const { body } = response;
  if (raw.destroyed) {
    body.on('error', () => undefined).destroy();
    return;
  }
  // The headers of the gateway are already set on the raw response.
  raw.writeHead(response.statusCode, pickHeaders(response));
  const stopWaiting = drain.onBegin(() => {
    // The client gets a clean end, possibly within an event, which it then discards.
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
