import { identityOf, originOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { endOtherSessions, endOwnSession, listSessions } from '../use-cases/sessions/own-sessions.ts';
import {
  emptyBodySchema,
  messageSchema,
  sessionListSchema,
  sessionParamsSchema,
  sessionsEndedSchema,
} from './account-schemas.ts';

const docs = { tags: ['sessions'], security: BEARER_SECURITY };

/** Adds the routes that list and end the caller's own sessions. */
export function ownSessionRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/auth/sessions',
    {
      schema: {
        ...docs,
        summary: 'List own live sessions, newest first',
        response: { 200: sessionListSchema },
      },
    },
    async (request) => {
      const { username, sessionId } = identityOf(request);
      const sessions = await listSessions(deps, username);
      return {
        data: sessions.map((session) => ({ ...session, is_current: session.session_id === sessionId })),
      };
    },
  );

  app.delete(
    '/auth/sessions/:id',
    {
      schema: {
        ...docs,
        summary: 'End an own session',
        description:
          'The session is revoked before the response is sent. Ending the session of the request is a sign-out.',
        params: sessionParamsSchema,
        body: emptyBodySchema,
        response: { 200: messageSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      await endOwnSession(deps, { username, sessionId: request.params.id, origin: originOf(request) });
      return { message: 'Session ended' };
    },
  );

  app.delete(
    '/auth/sessions',
    {
      schema: {
        ...docs,
        summary: 'End all own sessions except this one',
        body: emptyBodySchema,
        response: { 200: sessionsEndedSchema },
      },
    },
    async (request) => {
      const { username, sessionId } = identityOf(request);
      const ended = await endOtherSessions(deps, { username, sessionId, origin: originOf(request) });
      return { message: 'All other sessions ended', ended };
    },
  );
}
