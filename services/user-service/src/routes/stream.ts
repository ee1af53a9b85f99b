import type { ServerResponse } from 'node:http';
import { identityOf } from '@cnop/common/http/authentication';
import { getAssetDao } from '@cnop/common/http/dao-dependencies';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { ValidationError } from '@cnop/exception/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { getStreams } from '../dependencies.ts';
import { seqInputSchema, streamQuerySchema } from './event-schemas.ts';

const LAST_EVENT_ID = 'last-event-id';

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would collect the stream before it passes it on.
  'x-accel-buffering': 'no',
} as const;

/** The live stream of the signed-in user. */
export function streamRoutes(app: ServiceApp): void {
  const streams = getStreams(app);
  const assets = getAssetDao(app);

  app.get(
    '/stream',
    {
      // HEAD would wait for an end that does not come.
      exposeHeadRoute: false,
      config: { readsHeaders: ['Last-Event-ID'] },
      schema: {
        tags: ['events'],
        summary: 'Follow events and prices as they happen',
        description: 'Server-sent events; goes on behind `Last-Event-ID`, which wins over `after`.',
        security: BEARER_SECURITY,
        querystring: streamQuerySchema,
        response: {
          200: { description: 'A stream.', content: { 'text/event-stream': { schema: z.string() } } },
        },
      },
    },
    async (request, reply) => {
      const { prices } = request.query;
      const after = lastEventIdOf(request) ?? request.query.after;
      if (prices !== undefined && prices !== 'all') await assets.assertKnown(prices);
      const takeStream = () => takeOver(reply);
      await streams.open({ identity: identityOf(request), after, prices }, takeStream);
    },
  );
}

/**
 * The `seq` that a client which was cut off has seen last.
 * @throws ValidationError (422) when it is none
 */
function lastEventIdOf(request: FastifyRequest): number | undefined {
  const header = request.headers[LAST_EVENT_ID];
  if (header === undefined) return undefined;
  const parsed = seqInputSchema.safeParse(header);
  if (parsed.success) return parsed.data;
  throw ValidationError.ofHeader('Last-Event-ID', 'Give the seq of an event: a whole number.');
}

/** Takes the answer from Fastify, with the headers that it has by now, and begins it. */
function takeOver(reply: FastifyReply): ServerResponse {
  const { raw } = reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  raw.writeHead(200, STREAM_HEADERS);
  return raw;
}
