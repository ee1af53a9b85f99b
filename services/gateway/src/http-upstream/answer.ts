import { PROBLEM_CONTENT_TYPE } from '@cnop/exception/problem-details';
import type { FastifyReply } from 'fastify';
import type { Dispatcher } from 'undici';
import { isProblem } from './instance.ts';

/** What leaves of a service's headers, and nothing else. */
const PASSED_HEADERS = [
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
 * Passes on the answer of a service as it arrives, without collecting it first.
 * @param publicPath what the client asked for
 */
export async function passAnswer(
  reply: FastifyReply,
  answer: Dispatcher.ResponseData,
  publicPath: string,
): Promise<FastifyReply> {
  void reply.code(answer.statusCode).headers(passedHeadersOf(answer));
  if (!isProblem(answer.headers) || answer.headers['content-length'] === '0') return reply.send(answer.body);
  const problem = await answer.body.json();
  // The service knows its own path only.
  return reply
    .removeHeader('content-length')
    .type(PROBLEM_CONTENT_TYPE)
    .serializer(JSON.stringify)
    .send({ ...(typeof problem === 'object' ? problem : {}), instance: publicPath });
}

export function passedHeadersOf({ headers }: Dispatcher.ResponseData): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const name of PASSED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
