import type { FastifyInstance } from 'fastify';

/** In lower case, as Node returns it. */
export const MODE_HEADER = 'x-session-mode';
/** The constraint of routes for requests with `X-Session-Mode: cookie`. */
export const COOKIE_MODE = { sessionMode: 'cookie' } as const;

type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0];
type RouteStorage = ReturnType<Strategy['storage']>;
type RouteHandler = ReturnType<RouteStorage['get']>;

/** Allows a route to have a second form for browsers. Any other mode, and no mode, selects the first form. */
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
