import { PROBLEM_CONTENT_TYPE } from '@cnop/exception/problem-details';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ServiceAnswer } from '../upstream.ts';

/** What leaves of a service's headers here; others are about a body that is written anew. */
const PASSED_HEADERS = ['retry-after', 'www-authenticate'] as const;

const tokensSchema = z.looseObject({ refresh_token: z.string() });
const problemSchema = z.looseObject({});

/**
 * Takes the refresh token out of a service's answer.
 * @throws Error for an answer without one
 */
export function withoutRefreshToken({ body }: ServiceAnswer): {
  readonly token: string;
  readonly rest: Readonly<Record<string, unknown>>;
} {
  const { refresh_token: token, ...rest } = tokensSchema.parse(JSON.parse(body));
  return { token, rest };
}

/** Passes an answer on that holds no token. */
export function passAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, headers, body }: ServiceAnswer,
): FastifyReply {
  void reply.code(status);
  for (const name of PASSED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) void reply.header(name, value);
  }
  const type = String(headers['content-type'] ?? '');
  if (!type.startsWith('application/problem+json')) return reply.type(type).send(Buffer.from(body));
  // The service knows its own path only, which the client has never heard of.
  const instance = request.routeOptions.url;
  const problem = { ...problemSchema.parse(JSON.parse(body)), instance };
  return reply.type(PROBLEM_CONTENT_TYPE).serializer(JSON.stringify).send(problem);
}
