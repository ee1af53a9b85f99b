import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  answerWith,
  FAILURES_TO_OPEN,
  HALF_OPEN_AFTER_MILLISECONDS,
  hangUp,
  neverAnswer,
  SHORT_TIMEOUT_MILLISECONDS,
  statusesOf,
  useMisbehavingService,
} from './misbehaving-service.ts';

describe('a service over HTTP that fails', () => {
  const { open, current, theService, read, write } = useMisbehavingService();

  it('gets no requests after five failures in a row, then one probe, then all requests', async () => {
    theService().behaviour = hangUp;
    expect(await statusesOf(FAILURES_TO_OPEN, write)).toEqual([502, 502, 502, 502, 502]);
    const refused = await write();
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ code: 'SVC_001', retryable: true });
    expect(theService().seen).toHaveLength(FAILURES_TO_OPEN);

    await sleep(HALF_OPEN_AFTER_MILLISECONDS + 20);
    let release = () => {};
    theService().behaviour = (_request, response) => {
      release = () => response.end();
    };
    const probe = write();
    while (theService().seen.length === FAILURES_TO_OPEN) await sleep(5);
    expect(await statusesOf(3, write)).toEqual([503, 503, 503]);
    expect(theService().seen).toHaveLength(FAILURES_TO_OPEN + 1);
    release();
    expect((await probe).status).toBe(200);

    theService().behaviour = answerWith(200);
    expect(await statusesOf(3, write)).toEqual([200, 200, 200]);
  });

  it('gets no requests again when the probe fails', async () => {
    await open({ timeoutMilliseconds: SHORT_TIMEOUT_MILLISECONDS });
    theService().behaviour = neverAnswer;
    await Promise.all(Array.from({ length: FAILURES_TO_OPEN }, write));
    await sleep(HALF_OPEN_AFTER_MILLISECONDS + 20);
    theService().behaviour = hangUp;
    expect(await statusesOf(3, write)).toEqual([502, 503, 503]);
    expect(theService().seen).toHaveLength(FAILURES_TO_OPEN + 1);
  });

  it.each([
    ['4xx', answerWith(429)],
    ['500', answerWith(500)],
    [
      'a 503 that the service itself explains',
      answerWith(503, '{}', { 'content-type': 'application/problem+json' }),
    ],
  ])('is never spared for %s', async (_, behaviour) => {
    theService().behaviour = behaviour;
    await statusesOf(3 * FAILURES_TO_OPEN, write);
    expect(theService().seen).toHaveLength(3 * FAILURES_TO_OPEN);
  });

  it('gets no requests after bare 503 responses, which a proxy sends', async () => {
    theService().behaviour = answerWith(503, 'no upstream', { 'content-type': 'text/plain' });
    await statusesOf(2 * FAILURES_TO_OPEN, write);
    expect(theService().seen).toHaveLength(FAILURES_TO_OPEN);
  });

  it('starts a new count of failures after a success', async () => {
    for (let round = 0; round < 3; round++) {
      theService().behaviour = hangUp;
      expect(await statusesOf(FAILURES_TO_OPEN - 1, write)).toEqual([502, 502, 502, 502]);
      theService().behaviour = answerWith(200);
      expect((await write()).status).toBe(200);
    }
  });

  it('sees a disconnect of the client, which is not counted as a failure', async () => {
    theService().behaviour = neverAnswer;
    for (let time = 0; time < 2 * FAILURES_TO_OPEN; time++) {
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
  });
});
