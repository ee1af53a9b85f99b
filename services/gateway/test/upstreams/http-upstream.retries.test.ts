import { describe, expect, it } from 'vitest';
import {
  answerWith,
  hangUp,
  neverAnswer,
  SHORT_TIMEOUT_MILLISECONDS,
  statusesOf,
  unavailable,
  useMisbehavingService,
} from './misbehaving-service.ts';

const MANY = 40;
/** The retries that a fresh gateway has, and those that 200 requests earn. */
const INITIAL_RETRIES = 10;
const EARNED_BY_200 = 20;

describe('a service over HTTP that fails a request', () => {
  const { open, current, theService, report, read, write, writeWithKey } = useMisbehavingService();
  const deposit = 'POST /balance/deposit';

  it.each([
    ['hangs up', hangUp, 502],
    ['sends a bare 502', answerWith(502), 502],
    ['sends a bare 503', answerWith(503), 503],
    ['sends a bare 504', answerWith(504), 504],
  ])('is asked once more when it %s, for a read and a write with a key', async (_, behaviour, status) => {
    theService().behaviour = behaviour;
    expect((await read()).status).toBe(status);
    expect((await writeWithKey()).status).toBe(status);
    expect(theService().seen).toEqual(['GET /balance', 'GET /balance', deposit, deposit]);
  });

  it('gets a lost read a second time', async () => {
    theService().behaviour = (request, response) => {
      theService().behaviour = answerWith(200);
      hangUp(request, response);
    };
    expect((await read()).status).toBe(200);
  });

  it.each([
    ['a lost write without a key', hangUp, write],
    ['a timeout', neverAnswer, read],
    ['a 500', answerWith(500), read],
    ['a 404', answerWith(404), read],
    ['a 503 with Retry-After of its only instance', unavailable, read],
  ])('is not asked again after %s', async (_, behaviour, request) => {
    await open({ timeoutMilliseconds: SHORT_TIMEOUT_MILLISECONDS });
    theService().behaviour = behaviour;
    await request();
    expect(theService().seen).toHaveLength(1);
  });

  it('has a lost request served by another instance', async () => {
    await open({ instances: 2 });
    const [, failing] = current().services;
    failing!.behaviour = hangUp;
    expect(new Set(await statusesOf(MANY, writeWithKey))).toEqual(new Set([200]));
    expect(report().retries.broken).toBe(failing!.seen.length);
  });

  it('has a read that it does not begin to answer served by another instance after a second', async () => {
    await open({ instances: 2 });
    const [, hung] = current().services;
    hung!.behaviour = neverAnswer;
    const answers = await Promise.all(Array.from({ length: 8 }, read));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(hung!.seen.length).toBeGreaterThan(0);
    expect(report()).toMatchObject({ retries: { slow: hung!.seen.length }, ejections: { timeout: 0 } });
  });

  it('keeps a read that it is slow to answer when there is no other instance', async () => {
    theService().behaviour = (request, response) => {
      setTimeout(() => answerWith(200)(request, response), 1_200);
    };
    expect((await read()).status).toBe(200);
    expect(theService().seen).toHaveLength(1);
  });

  it('keeps slow reads that the budget of retries does not cover', async () => {
    await open({ instances: 2, timeoutMilliseconds: 2_000 });
    for (const service of current().services) service.behaviour = neverAnswer;
    const answers = await Promise.all(Array.from({ length: MANY }, read));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([504]));
    const { retries, refusedRetries } = report();
    expect(retries.slow).toBeLessThanOrEqual(INITIAL_RETRIES + MANY / 10);
    expect(refusedRetries).toBe(MANY - retries.slow);
  });

  it('loses at most one request without a key to an instance that sends 503 with Retry-After', async () => {
    await open({ instances: 2 });
    const [, sick] = current().services;
    sick!.behaviour = unavailable;
    sick!.readiness = unavailable;
    const statuses = await statusesOf(MANY, write);
    expect(statuses.filter((status) => status !== 200)).toEqual([503]);
    expect(sick!.seen).toHaveLength(1);
  });

  it('loses no request with a key to such an instance', async () => {
    await open({ instances: 2 });
    const [, sick] = current().services;
    sick!.behaviour = unavailable;
    sick!.readiness = unavailable;
    expect(new Set(await statusesOf(MANY, writeWithKey))).toEqual(new Set([200]));
    expect(sick!.seen).toHaveLength(1);
    expect(report().retries.unavailable).toBe(1);
  });

  it('passes on the last 503 when all instances send one', async () => {
    await open({ instances: 3 });
    for (const service of current().services) service.behaviour = unavailable;
    const answer = await writeWithKey();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(current().services.map(({ seen }) => seen)).toEqual([[deposit], [deposit], [deposit]]);
  });

  it('breaks at most two instances with one request', async () => {
    await open({ instances: 3 });
    for (const service of current().services) service.behaviour = hangUp;
    expect((await read()).status).toBe(502);
    expect(current().services.flatMap(({ seen }) => seen)).toHaveLength(2);
  });

  it('gets at most a tenth more requests by retries, and those that a new gateway has', async () => {
    theService().behaviour = (request, response) => {
      // Answers in between, so that the instance is not ejected.
      theService().behaviour = answerWith(200);
      hangUp(request, response);
      setImmediate(() => {
        theService().behaviour = fail;
      });
    };
    const fail = theService().behaviour;
    await statusesOf(200, read);
    expect(report().retries.broken).toBeGreaterThan(INITIAL_RETRIES);
    expect(report().retries.broken).toBeLessThanOrEqual(INITIAL_RETRIES + EARNED_BY_200);
    expect(theService().seen).toHaveLength(200 + report().retries.broken);
    expect(report().refusedRetries).toBeGreaterThan(0);
  });
});
