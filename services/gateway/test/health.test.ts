import { once } from 'node:events';
import { connect } from 'node:net';
import type { Health } from '@cnop/common/entities/health';
import { drainAndClose } from '@cnop/common/http/http-server';
import { UnavailableError } from '@cnop/exception/errors';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { describe, expect, it } from 'vitest';
import type { Upstream } from '../src/upstreams/upstream.ts';
import { buildEchoService, listen, openGateway, openUpstream, SHAPES } from './harness.ts';

describe.each(SHAPES)('health, services %s', (shape) => {
  it('shows that all services are ready', async () => {
    const gateway = await openGateway({ shape });
    for (const path of ['/health', '/health/ready', '/health/live']) {
      const answer = await gateway.app.inject(path);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ status: 'healthy', service: 'gateway', version: '0.0.0-test' });
    }
    expect((await gateway.app.inject('/health')).json()).toMatchObject({
      details: { 'user-service': 'up', 'order-service': 'up', 'inventory-service': 'up' },
    });
    await gateway.close();
  });
});

it('is ready while a service is down, which shows in the details and is asked at most once a second', async () => {
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
    report: () => undefined,
    close: () => Promise.resolve(),
  };
  const gateway = await openGateway({ clock, upstreams: { order } });
  const answer = await gateway.app.inject('/health');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    status: 'degraded',
    details: { 'user-service': 'up', 'order-service': 'down' },
  });
  const ready = await gateway.app.inject('/health/ready');
  expect([ready.statusCode, ready.json<Health>().status]).toEqual([200, 'healthy']);
  isUp = true;
  questions = 0;
  for (let time = 0; time < 5; time++) {
    expect((await gateway.app.inject('/health')).json()).toMatchObject({ status: 'healthy' });
  }
  expect(questions).toBe(1);
  clock.advanceSeconds(1);
  await gateway.app.inject('/health');
  expect(questions).toBe(2);
  await gateway.close();
});

it('is not ready while a part of its own process is down, and says why', async () => {
  const store = () => Promise.reject(new UnavailableError('The store is not available.'));
  const gateway = await openGateway({ checks: { store } });
  const answer = await gateway.app.inject('/health/ready');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({
    status: 'unhealthy',
    checks: { store: 'down' },
    reasons: { store: 'The store is not available.' },
  });
  expect((await gateway.app.inject('/health/live')).statusCode).toBe(200);
  await gateway.close();
});

it('shows a service as up while one of its instances is ready', async () => {
  const service = buildEchoService('order', []);
  const origins = [new URL('http://127.0.0.1:1'), await listen(service)];
  const gateway = await openGateway({ upstreams: { order: openUpstream(origins) } });
  const health = (await gateway.app.inject('/health')).json<Health>();
  expect(health.details).toMatchObject({ 'order-service': 'up' });
  // Without addresses, since every client may read it.
  expect(health.instances).toEqual({ 'order-service': ['not_ready', 'ready'] });
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

  it('shows in readiness once it is announced, and in every response once it begins', async () => {
    const gateway = await openGateway({ shape });
    const { authorization } = await gateway.signIn('alice');
    const read = () => gateway.app.inject({ url: '/api/v1/balance', headers: { authorization } });
    gateway.drain.announce();
    const ready = await gateway.app.inject('/health/ready');
    expect([ready.statusCode, ready.json<Health>().status]).toEqual([503, 'draining']);
    const announced = await read();
    expect(announced.statusCode).toBe(200);
    expect(announced.headers.connection).not.toBe('close');
    gateway.drain.begin();
    const begun = await read();
    expect([begun.statusCode, begun.headers.connection]).toEqual([200, 'close']);
    await gateway.close();
  });
});
