import { identityOf, originOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import type { FastifyReply } from 'fastify';
import { changePassword } from '../use-cases/accounts/change-password.ts';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { keySetSchema, publishKeys } from '../use-cases/sessions/key-set.ts';
import { logIn } from '../use-cases/sessions/log-in.ts';
import { logOut } from '../use-cases/sessions/own-sessions.ts';
import type { TokenPair } from '../use-cases/sessions/session-tokens.ts';
import { refreshSession } from '../use-cases/sessions/session-tokens.ts';
import {
  ignoredBodySchema,
  loginSchema,
  messageSchema,
  passwordChangedSchema,
  passwordChangeSchema,
  refreshSchema,
  tokenResponseSchema,
} from './account-schemas.ts';

const tags = ['sessions'];
const isPublic = { access: 'public' } as const;

/** Adds the routes for signing in, renewing tokens, changing the password and signing out. */
export function sessionRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.post(
    '/auth/login',
    {
      config: isPublic,
      schema: { tags, summary: 'Sign in', body: loginSchema, response: { 200: tokenResponseSchema } },
    },
    async (request, reply) => {
      const pair = await logIn(deps, { ...request.body, origin: originOf(request) });
      return neverStored(reply).send(toTokenResponse(pair));
    },
  );

  app.post(
    '/auth/refresh',
    {
      config: isPublic,
      schema: { tags, summary: 'Renew tokens', body: refreshSchema, response: { 200: tokenResponseSchema } },
    },
    async (request, reply) => {
      const { refresh_token: refreshToken } = request.body;
      const pair = await refreshSession(deps, { refreshToken, origin: originOf(request) });
      return neverStored(reply).send(toTokenResponse(pair));
    },
  );

  passwordRoute(app, deps);
  logOutRoute(app, deps);
}

function passwordRoute(app: ServiceApp, deps: UserDependencies): void {
  app.post(
    '/auth/password',
    {
      schema: {
        tags: ['accounts'],
        security: BEARER_SECURITY,
        summary: 'Change the own password',
        description:
          'Ends all other sessions, and returns a new refresh token that replaces the previous one.',
        body: passwordChangeSchema,
        response: { 200: passwordChangedSchema },
      },
    },
    async (request, reply) => {
      const { username, sessionId } = identityOf(request);
      const { current_password: currentPassword, new_password: newPassword } = request.body;
      const origin = originOf(request);
      const pair = await changePassword(deps, { username, sessionId, currentPassword, newPassword, origin });
      return neverStored(reply).send({ message: 'Password changed successfully', ...toTokenResponse(pair) });
    },
  );
}

/** Adds the route for signing out. It ignores any body, since clients of other platforms send their token in it. */
function logOutRoute(app: ServiceApp, deps: UserDependencies): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, parsed) => parsed(null));
    scope.post(
      '/auth/logout',
      {
        schema: {
          tags,
          summary: 'Sign out',
          description: 'Ends the session of the access token. A body is ignored.',
          security: BEARER_SECURITY,
          body: ignoredBodySchema,
          response: { 200: messageSchema },
        },
      },
      async (request) => {
        const { username, sessionId } = identityOf(request);
        await logOut(deps, { username, sessionId, origin: originOf(request) });
        return { message: 'Logged out successfully' };
      },
    );
    done();
  });
}

function toTokenResponse({ accessToken, refreshToken, expiresInSeconds }: TokenPair) {
  return {
    access_token: accessToken,
    token_type: 'bearer' as const,
    expires_in: expiresInSeconds,
    refresh_token: refreshToken,
  };
}

/** Forbids caches to store a response with tokens (RFC 6749, section 5.1). */
function neverStored(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store');
}

/**
 * Adds the route of the public keys that verify tokens.
 * @see https://www.rfc-editor.org/rfc/rfc7517 for the format
 */
export function keySetRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { access: 'public' },
      schema: { tags: ['sessions'], summary: 'Read the public keys', response: { 200: keySetSchema } },
    },
    () => publishKeys(deps),
  );
}
