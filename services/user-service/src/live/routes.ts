import type { ServerResponse } from 'node:http';
import { assetIdSchema } from '@cnop/common/entities/fields';
import { liveEventSchema, seqInputSchema } from '@cnop/common/entities/user/live-event';
import { identityOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { queryInteger } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { ValidationError } from '@cnop/exception/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { openStream } from './use-cases/open-stream.ts';
import { readEvents } from './use-cases/read-events.ts';

const DEFAULT_EVENTS = 100;
const MAX_EVENTS = 500;
const SELECTION_PATTERN = /^(?:all|[A-Za-z\d]{1,10}(?:,[A-Za-z\d]{1,10}){0,99})$/;

const eventsQuerySchema = z.strictObject({
  after: seqInputSchema.default(0),
  limit: queryInteger({ min: 1, max: MAX_EVENTS, fallback: DEFAULT_EVENTS }),
});

const eventsResponseSchema = z.object({
  data: z.array(liveEventSchema),
  has_more: z.boolean(),
  last_seq: z.int(),
  /** Present, and true, only when events between `after` and the first of these have expired. */
  reset: z.literal(true).optional(),
});

/** `all`, or a list of asset ids. */
const priceSelectionSchema = z
  .string()
  .regex(SELECTION_PATTERN, 'Give "all", or up to 100 asset ids, separated by commas.')
  .transform((text) =>
    text === 'all' ? text : [...new Set(text.split(',').map((id) => assetIdSchema.parse(id)))],
  );

const streamQuerySchema = z.strictObject({
  prices: priceSelectionSchema.optional(),
  after: seqInputSchema.optional(),
});

/** Adds the route that lists the caller's events, in order and without a gap. */
export function eventRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/events',
    {
      schema: {
        tags: ['events'],
        summary: 'List events after a seq, oldest first',
        security: BEARER_SECURITY,
        querystring: eventsQuerySchema,
        response: { 200: eventsResponseSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const page = await readEvents(deps, { username, ...request.query });
      return {
        data: [...page.events],
        has_more: page.hasMore,
        last_seq: page.lastSeq,
        ...(page.isReset && { reset: true as const }),
      };
    },
  );
}

const LAST_EVENT_ID = 'last-event-id';

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Without it nginx would buffer the stream.
  'x-accel-buffering': 'no',
} as const;

/** Adds the route of the caller's live stream. */
export function streamRoutes(app: ServiceApp, deps: UserDependencies): void {
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
      await openStream(deps, { identity: identityOf(request), after, prices }, () => takeOver(reply));
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
