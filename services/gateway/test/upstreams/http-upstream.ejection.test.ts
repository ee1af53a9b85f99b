import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import {
  answerWith,
  FAILURES_TO_EJECT,
  hangUp,
  neverAnswer,
  SHORT_TIMEOUT_MILLISECONDS,
  statesOf,
  statusesOf,
  unavailable,
  useMisbehavingService,
} from './misbehaving-service.ts';

const MANY = 40;
const all = (status: number, times = MANY) => Array.from({ length: times }, () => status);

describe('an instance over HTTP', () => {
  const { open, current, theService, report, read, write } = useMisbehavingService();

  it('that refuses connections fails no request of any method, and is ejected after two refusals', async () => {
    await open({ instances: 2 });
    await current().services[1]!.close();
    expect(await statusesOf(MANY, write)).toEqual(all(200));
    const { ejections, retries, refusedRetries } = report();
    expect(ejections.unreachable).toBeGreaterThan(0);
    // Two refusals eject it, and one more after each ejection, of which a slow test sees several.
    expect(retries.unreachable).toBeLessThanOrEqual(1 + ejections.unreachable + 1);
    expect(refusedRetries).toBe(0);
  });

  it('that hangs up five times in a row is ejected, and again at the first failure afterwards', async () => {
    await open({ instances: 2 });
    current().services[1]!.behaviour = hangUp;
    while (report().ejections.broken === 0) await write();
    expect(current().services[1]!.seen).toHaveLength(FAILURES_TO_EJECT);
    const lost = (await statusesOf(MANY, write)).filter((status) => status !== 200);
    // One ends each later ejection, of which a slow test sees several.
    expect(lost).toEqual(all(502, report().ejections.broken - 1));
  });

  it('gets requests again when its ejection is over', async () => {
    await open({ instances: 2 });
    const [, failing] = current().services;
    failing!.behaviour = hangUp;
    while (report().ejections.broken === 0) await write();
    failing!.behaviour = answerWith(200);
    await vi.waitFor(
      async () => {
        expect((await write()).status).toBe(200);
        expect(failing!.seen.length).toBeGreaterThan(FAILURES_TO_EJECT);
      },
      { timeout: 30_000 },
    );
  });

  it('that hangs and is the only one refuses the requests beyond a few at once', async () => {
    await open({ timeoutMilliseconds: SHORT_TIMEOUT_MILLISECONDS });
    theService().behaviour = neverAnswer;
    await Promise.all(Array.from({ length: FAILURES_TO_EJECT }, write));
    expect(statesOf(current().upstream)).toEqual(['ejected']);
    const answers = await Promise.all(Array.from({ length: MANY }, write));
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]!.headers.get('retry-after')).toBe('1');
    expect(await refused[0]!.json()).toMatchObject({ code: 'SVC_001', retryable: true });
    expect(theService().seen).toHaveLength(FAILURES_TO_EJECT + MANY - refused.length);
  });

  it('that answers again although it was ejected is ejected no longer', async () => {
    theService().behaviour = hangUp;
    await statusesOf(FAILURES_TO_EJECT, write);
    expect(statesOf(current().upstream)).toEqual(['ejected']);
    theService().behaviour = answerWith(200);
    expect((await write()).status).toBe(200);
    expect(statesOf(current().upstream)).toEqual(['ready']);
  });

  it.each([
    ['4xx', answerWith(429)],
    ['500', answerWith(500)],
    ['a 503 that the service itself explains', unavailable],
  ])('is never ejected for %s', async (_, behaviour) => {
    theService().behaviour = behaviour;
    await statusesOf(3 * FAILURES_TO_EJECT, write);
    expect(theService().seen).toHaveLength(3 * FAILURES_TO_EJECT);
    expect(report().ejections).toEqual({ unreachable: 0, broken: 0, timeout: 0, bad_gateway: 0 });
  });

  it('is ejected for bare 503 responses, which a proxy sends', async () => {
    theService().behaviour = answerWith(503, 'no upstream', { 'content-type': 'text/plain' });
    await statusesOf(FAILURES_TO_EJECT, write);
    expect(report().ejections.bad_gateway).toBe(1);
  });

  it('starts a new count of failures after a success', async () => {
    for (let round = 0; round < 3; round++) {
      theService().behaviour = hangUp;
      expect(await statusesOf(FAILURES_TO_EJECT - 1, write)).toEqual([502, 502, 502, 502]);
      theService().behaviour = answerWith(200);
      expect((await write()).status).toBe(200);
    }
    expect(report().ejections.broken).toBe(0);
  });

  it('sees a disconnect of the client, which is not counted as a failure', async () => {
    theService().behaviour = neverAnswer;
    for (let time = 0; time < 2 * FAILURES_TO_EJECT; time++) {
      const upstreamClosed = new Promise<void>((resolve) => {
        theService().behaviour = (request) => request.socket.once('close', () => resolve());
      });
      const client = connect(current().gateway.port, '127.0.0.1');
      client.write(
        `GET /api/v1/balance HTTP/1.1\r\nHost: x\r\nAuthorization: ${current().authorization}\r\n\r\n`,
      );
      while (theService().seen.length <= time) await sleep(2);
      client.destroy();
      await upstreamClosed;
    }
    theService().behaviour = answerWith(200);
    expect((await read()).status).toBe(200);
    expect(statesOf(current().upstream)).toEqual(['ready']);
  });
});
