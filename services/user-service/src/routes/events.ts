import { identityOf } from '@cnop/common/http/authentication';
import { getBalanceDao } from '@cnop/common/http/dao-dependencies';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { getClock, getLiveEventDao } from '../dependencies.ts';
import { readEvents } from '../use-cases/read-events.ts';
import { eventsQuerySchema, eventsResponseSchema } from './event-schemas.ts';

/** Adds the route that lists the caller's events, in order and without a gap. */
export function eventRoutes(app: ServiceApp): void {
  const deps = { events: getLiveEventDao(app), balances: getBalanceDao(app), clock: getClock(app) };

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
