import { PROBLEM_CONTENT_TYPE } from '@cnop/exception/problem-details';
import type { FastifyReply } from 'fastify';
import type { Dispatcher } from 'undici';
import { isProblem } from './instance.ts';

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
  response: Dispatcher.ResponseData,
  publicPath: string,
): Promise<FastifyReply> {
  void reply.code(response.statusCode).headers(pickHeaders(response));
  if (!isProblem(response.headers) || response.headers['content-length'] === '0')
    return reply.send(response.body);
  const problem = await response.body.json();
  // The service knows only its own path.
  return reply
    .removeHeader('content-length')
    .type(PROBLEM_CONTENT_TYPE)
    .serializer(JSON.stringify)
    .send({ ...(typeof problem === 'object' ? problem : {}), instance: publicPath });
}

export function pickHeaders({ headers }: Dispatcher.ResponseData): Record<string, string | string[]> {
  const forwarded: Record<string, string | string[]> = {};
  for (const name of FORWARDED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) forwarded[name] = value;
  }
  return forwarded;
}
