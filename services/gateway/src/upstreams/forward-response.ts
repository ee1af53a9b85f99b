import { json } from 'node:stream/consumers';
import type { Drain } from '@cnop/common/http/http-server';
import { UpstreamError } from '@cnop/exception/errors';
import { PROBLEM_CONTENT_TYPE } from '@cnop/exception/problem-details';
import type { FastifyReply } from 'fastify';
import { isProblem } from './instance.ts';
import type { StreamedResponse } from './send-request.ts';

/** The only headers of a service that are forwarded to the client. */
const FORWARDED_HEADERS = [
  'allow',
  'cache-control',
  'content-disposition',
  'content-length',
  'content-type',
  'idempotency-replayed',
  'location',
  'retry-after',
  'www-authenticate',
  'x-accel-buffering',
] as const;

/**
 * Forwards the response of a service as it arrives, without buffering it. A problem gets the public path as `instance`.
 * @param publicPath the path that the client requested
 */
export async function forwardResponse(
  reply: FastifyReply,
  response: StreamedResponse,
  publicPath: string,
): Promise<FastifyReply> {
  void reply.code(response.statusCode).headers(pickHeaders(response));
  if (!isProblem(response.headers) || response.headers['content-length'] === '0')
    return reply.send(response.body);
  const problem = await json(response.body).catch((cause: unknown) => {
    throw new UpstreamError('A service sent a response that cannot be read.', { cause });
  });
  // The service knows only its own path.
  return reply
    .removeHeader('content-length')
    .type(PROBLEM_CONTENT_TYPE)
    .serializer(JSON.stringify)
    .send({ ...(typeof problem === 'object' ? problem : {}), instance: publicPath });
}

function pickHeaders({ headers }: StreamedResponse): Record<string, string | string[]> {
  const forwarded: Record<string, string | string[]> = {};
  for (const name of FORWARDED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) forwarded[name] = value;
  }
  return forwarded;
}

/**
 * Forwards a stream at the pace of its client, until either side ends it or this process drains. It bypasses Fastify, which
 * would treat a response without an end as failed.
 */
export function forwardStream(reply: FastifyReply, response: StreamedResponse, drain: Drain): void {
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
