import type { FastifyInstance } from 'fastify';

/** Lower case, as Node gives it. */
export const MODE_HEADER = 'x-session-mode';
/** What a route says that is for requests with `X-Session-Mode: cookie`. */
export const COOKIE_MODE = { sessionMode: 'cookie' } as const;

type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0];
type RouteStorage = ReturnType<Strategy['storage']>;
type RouteHandler = ReturnType<RouteStorage['get']>;

/** Lets a route have a second form for browsers. Any other mode, and none, means the first one. */
export function distinguishSessionModes(app: FastifyInstance): void {
  app.addConstraintStrategy({
    name: 'sessionMode',
    mustMatchWhenDerived: false,
    deriveConstraint: (request) => request.headers[MODE_HEADER],
    storage() {
      const handlers = new Map<unknown, RouteHandler>();
      return {
        get: (mode) => handlers.get(mode) ?? null,
        set: (mode, handler) => void handlers.set(mode, handler),
      };
    },
  });
}
