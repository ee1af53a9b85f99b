import { PROBLEM_CONTENT_TYPE } from '@cnop/exception/problem-details';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ServiceResponse } from '../upstream.ts';

/** The headers of a service that are forwarded; others describe the original body. */
const FORWARDED_HEADERS = ['retry-after', 'www-authenticate'] as const;

const tokensSchema = z.looseObject({ refresh_token: z.string() });
const problemSchema = z.looseObject({});

/**
 * Takes the refresh token out of a service's response.
 * @throws Error for a response without one
 */
export function withoutRefreshToken({ body }: ServiceResponse): {
  readonly token: string;
  readonly rest: Readonly<Record<string, unknown>>;
} {
  const { refresh_token: token, ...rest } = tokensSchema.parse(JSON.parse(body));
  return { token, rest };
}

/** Forwards a service's response that holds no token. */
export function forwardServiceResponse(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, headers, body }: ServiceResponse,
): FastifyReply {
  void reply.code(status);
  for (const name of FORWARDED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) void reply.header(name, value);
  }
  const type = String(headers['content-type'] ?? '');
  if (!type.startsWith('application/problem+json')) return reply.type(type).send(Buffer.from(body));
  // The service knows only its own path.
  const instance = request.routeOptions.url;
  const problem = { ...problemSchema.parse(JSON.parse(body)), instance };
  return reply.type(PROBLEM_CONTENT_TYPE).serializer(JSON.stringify).send(problem);
}
