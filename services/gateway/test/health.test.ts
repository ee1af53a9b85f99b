import { once } from 'node:events';
import { connect } from 'node:net';
import { drainAndClose } from '@cnop/common/http/http-server';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { describe, expect, it } from 'vitest';
import { createHttpUpstream } from '../src/upstreams/http-upstream.ts';
import type { Upstream } from '../src/upstreams/upstream.ts';
import { buildEchoService, listen, openGateway, SHAPES } from './harness.ts';

describe.each(SHAPES)('readiness, services %s', (shape) => {
  it('is healthy when all services are ready', async () => {
    const gateway = await openGateway({ shape });
    for (const path of ['/health', '/health/ready', '/health/live']) {
      const answer = await gateway.app.inject(path);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ status: 'healthy', service: 'gateway', version: '0.0.0-test' });
    }
    expect((await gateway.app.inject('/health/ready')).json()).toMatchObject({
      checks: { 'user-service': 'up', 'order-service': 'up', 'inventory-service': 'up' },
    });
    await gateway.close();
  });
});

it('is live but not ready while one service is down, which it asks at most once a second', async () => {
  const clock = createFakeClock();
  let questions = 0;
  let isUp = false;
  const order: Upstream = {
    bodyIsReadBy: 'gateway',
    start: () => Promise.resolve(),
    forward: () => undefined,
    call: () => Promise.reject(new Error('down')),
    readDocument: () => Promise.resolve({}),
    checkReady: () => {
      questions++;
      return isUp ? Promise.resolve() : Promise.reject(new Error('down'));
    },
    close: () => Promise.resolve(),
  };
  const gateway = await openGateway({ clock, upstreams: { order } });
  const answer = await gateway.app.inject('/health/ready');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ status: 'unhealthy', checks: { 'order-service': 'down' } });
  expect((await gateway.app.inject('/health/live')).statusCode).toBe(200);
  isUp = true;
  questions = 0;
  for (let time = 0; time < 5; time++)
    expect((await gateway.app.inject('/health/ready')).statusCode).toBe(200);
  expect(questions).toBe(1);
  clock.advanceSeconds(1);
  await gateway.app.inject('/health/ready');
  expect(questions).toBe(2);
  await gateway.close();
});

it('is ready while one instance of each service is ready', async () => {
  const service = buildEchoService('order', []);
  const origins = [new URL('http://127.0.0.1:1'), await listen(service)];
  const gateway = await openGateway({ upstreams: { order: createHttpUpstream({ origins }) } });
  expect((await gateway.app.inject('/health/ready')).statusCode).toBe(200);
  await gateway.close();
  await service.close();
});

describe.each(SHAPES)('a drain, services %s', (shape) => {
  it('finishes running requests, closes idle connections, and closes', async () => {
    const gateway = await openGateway({ shape });
    const { authorization } = await gateway.signIn('alice');
    const slow = connect(gateway.port, '127.0.0.1');
    await once(slow, 'connect');
    const idle = connect(gateway.port, '127.0.0.1');
    idle.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const arrived = once(gateway.app.server, 'request');
    slow.write(
      `POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: 4\r\n\r\nab`,
    );
    await arrived;

    const closed = drainAndClose(gateway.app, gateway.drain);
    expect(gateway.drain.isDraining).toBe(true);
    if (!idle.closed) await once(idle, 'close');
    const chunks: Buffer[] = [];
    slow.on('data', (chunk) => chunks.push(chunk));
    slow.write('cd');
    await once(slow, 'close');
    await closed;
    const answer = Buffer.concat(chunks).toString();
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(gateway.calls).toMatchObject([{ body: 'abcd' }]);
    await gateway.close();
  });

  it('shows in readiness and in every response', async () => {
    const gateway = await openGateway({ shape });
    const { authorization } = await gateway.signIn('alice');
    gateway.drain.begin();
    const ready = await gateway.app.inject('/health/ready');
    expect([ready.statusCode, ready.json<{ status: string }>().status]).toEqual([503, 'draining']);
    const answer = await gateway.app.inject({ url: '/api/v1/balance', headers: { authorization } });
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    await gateway.close();
  });
});
