import { describe, expect, it } from 'vitest';
import { createKnownPaths } from '../../src/http/known-paths.ts';

describe('the known paths of an app', () => {
  const paths = createKnownPaths();
  paths.add('GET', '/orders');
  paths.add(['POST'], '/orders');
  paths.add('HEAD', '/orders');
  paths.add('POST', '/orders/preview');
  paths.add(['GET', 'DELETE'], '/orders/:id');
  paths.add('GET', '/docs/start.js');
  paths.add('GET', '/*');

  it.each([
    ['/orders', ['GET', 'HEAD', 'POST']],
    ['/orders/', ['GET', 'HEAD', 'POST']],
    ['/orders/1', ['DELETE', 'GET']],
    // Also matches an order with that id.
    ['/orders/preview', ['DELETE', 'GET', 'POST']],
    ['/docs/start.js', ['GET']],
    ['/docs/start-js', []],
    ['/orders//', []],
    ['/orders/1/2', []],
    ['/ordersx', []],
    ['/', []],
  ])('%s takes %j', (path, methods) => expect(paths.methodsOf(path)).toEqual(methods));
});
