import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Declares a dependency of routes: the composition root provides it as a decorator of the app, and a route gets it with
 * its type.
 *
 * @example
 * const [provideUserDao, getUserDao] = dependency<UserDao>('userDao');
 */
export function dependency<T extends object>(
  name: string,
): [provide: (app: FastifyInstance, value: T) => void, get: (scope: FastifyInstance | FastifyRequest) => T] {
  return [
    (app, value) => {
      app.decorate<object>(name, value);
    },
    (scope) => ('server' in scope && 'routeOptions' in scope ? scope.server : scope).getDecorator<T>(name),
  ];
}
