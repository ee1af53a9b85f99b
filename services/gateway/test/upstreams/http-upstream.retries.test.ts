import { describe, expect, it } from 'vitest';
import {
  answerWith,
  hangUp,
  neverAnswer,
  SHORT_TIMEOUT_MILLISECONDS,
  statusesOf,
  useMisbehavingService,
} from './misbehaving-service.ts';

describe('a service over HTTP that fails a request', () => {
  const { open, theService, read, write } = useMisbehavingService();
  /** Sends the ten requests that earn one retry. */
  const earnRetry = async () => {
    theService().behaviour = answerWith(200);
    await statusesOf(10, read);
    theService().seen.length = 0;
  };

  it.each([
    ['hangs up', hangUp, 502],
    ['answers 502', answerWith(502), 502],
    ['answers 503', answerWith(503), 503],
    ['answers 504', answerWith(504), 504],
  ])('is asked once more for a read when it %s', async (_, behaviour, status) => {
    await earnRetry();
    theService().behaviour = behaviour;
    expect((await read()).status).toBe(status);
    expect(theService().seen).toEqual(['GET /balance', 'GET /balance']);
  });

  it('gets a failed read a second time', async () => {
    await earnRetry();
    theService().behaviour = (request, response) => {
      theService().behaviour = answerWith(200);
      hangUp(request, response);
    };
    expect((await read()).status).toBe(200);
  });

  it.each([
    ['a write', hangUp, write],
    ['a timeout', neverAnswer, read],
    ['a 500', answerWith(500), read],
    ['a 404', answerWith(404), read],
  ])('is not asked again after %s', async (_, behaviour, request) => {
    await open({ timeoutMilliseconds: SHORT_TIMEOUT_MILLISECONDS });
    await earnRetry();
    theService().behaviour = behaviour;
    await request();
    expect(theService().seen).toHaveLength(1);
  });

  it('gets at most a tenth more requests by retries', async () => {
    theService().behaviour = answerWith(503, '{}', { 'content-type': 'application/problem+json' });
    await statusesOf(200, read);
    expect(theService().seen.length).toBeGreaterThan(200);
    expect(theService().seen.length).toBeLessThanOrEqual(220);
  });
});
