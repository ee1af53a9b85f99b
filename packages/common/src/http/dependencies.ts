import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Declares one dependency that routes may ask for: the composition root provides it as a decorator of the app,
 * a route gets it back with its type. The mission's `get_user_dao` and its kin are made with this.
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
