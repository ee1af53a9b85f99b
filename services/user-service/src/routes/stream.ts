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
  // Without it nginx would buffer the stream.
  'x-accel-buffering': 'no',
} as const;

/** Adds the route of the caller's live stream. */
export function streamRoutes(app: ServiceApp): void {
  const streams = getStreams(app);
  const assets = getAssetDao(app);

  app.get(
    '/stream',
    {
      // A HEAD request would never end.
      exposeHeadRoute: false,
      config: { readsHeaders: ['Last-Event-ID'] },
      schema: {
        tags: ['events'],
        summary: 'Follow events and prices as they happen',
        description:
          'Server-sent events. Resumes after `Last-Event-ID`, which takes precedence over `after`.',
        security: BEARER_SECURITY,
        querystring: streamQuerySchema,
        response: {
          200: { description: 'A stream.', content: { 'text/event-stream': { schema: z.string() } } },
        },
      },
    },
    async (request, reply) => {
      const { prices } = request.query;
      const after = readLastEventId(request) ?? request.query.after;
      if (prices !== undefined && prices !== 'all') await assets.assertKnown(prices);
      const takeStream = () => takeOver(reply);
      await streams.open({ identity: identityOf(request), after, prices }, takeStream);
    },
  );
}

/**
 * Returns the `seq` of the last event that a reconnecting client has seen.
 * @throws ValidationError (422) for a header that is not a `seq`
 */
function readLastEventId(request: FastifyRequest): number | undefined {
  const header = request.headers[LAST_EVENT_ID];
  if (header === undefined) return undefined;
  const parsed = seqInputSchema.safeParse(header);
  if (parsed.success) return parsed.data;
  throw ValidationError.ofHeader('Last-Event-ID', 'Give the seq of an event: a whole number.');
}

/** Takes the response over from Fastify with the headers set so far, and sends its head. */
function takeOver(reply: FastifyReply): ServerResponse {
  const { raw } = reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  raw.writeHead(200, STREAM_HEADERS);
  return raw;
}
