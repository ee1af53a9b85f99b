import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import {
  answerWith,
  hangUp,
  neverAnswer,
  SHORT_TIMEOUT_MILLISECONDS,
  statusesOf,
  useMisbehavingService,
} from './misbehaving-service.ts';

describe('a service over HTTP', () => {
  const { open, current, theService, read, write } = useMisbehavingService();

  it('has only the allowed headers of its response forwarded', async () => {
    theService().behaviour = answerWith(201, '{"a":1}', {
      'idempotency-replayed': 'true',
      'retry-after': '7',
      location: '/orders/1',
      'content-disposition': 'attachment; filename="a.csv"',
      'set-cookie': 'a=b',
      server: 'secret/1.0',
      'x-powered-by': 'secret',
      'access-control-allow-origin': '*',
      'x-request-id': 'not-yours',
      'content-security-policy': "default-src 'self'",
      'keep-alive': 'timeout=99',
    });
    const answer = await write();
    expect([answer.status, await answer.text()]).toEqual([201, '{"a":1}']);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'idempotency-replayed': 'true',
      'retry-after': '7',
      location: '/orders/1',
      'content-disposition': 'attachment; filename="a.csv"',
      'content-type': 'application/json',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    for (const name of ['set-cookie', 'server', 'x-powered-by', 'access-control-allow-origin']) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers['x-request-id']).not.toBe('not-yours');
    expect(headers['keep-alive']).not.toContain('99');
  });

  it('reports its problems with the public path', async () => {
    theService().behaviour = answerWith(
      422,
      '{"code":"BUS_001","instance":"/balance/deposit","available":"1.00"}',
      {
        'content-type': 'application/problem+json; charset=utf-8',
      },
    );
    const answer = await write();
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await answer.json()).toEqual({
      code: 'BUS_001',
      instance: '/api/v1/balance/deposit',
      available: '1.00',
    });
  });

  it('has its response forwarded as it arrives', async () => {
    await open({ timeoutMilliseconds: SHORT_TIMEOUT_MILLISECONDS });
    let end = () => {};
    theService().behaviour = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      end = () => response.end('data: 2\n\n');
    };
    const answer = await read();
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: 1\n\n');
    await sleep(2 * SHORT_TIMEOUT_MILLISECONDS);
    end();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: 2\n\n');
  });

  it('gives 502 when it hangs up, and 504 when it takes too long', async () => {
    theService().behaviour = hangUp;
    const broken = await write();
    expect(broken.status).toBe(502);
    expect(await broken.json()).toMatchObject({
      code: 'SVC_002',
      retryable: true,
      detail: 'A service could not be reached.',
    });
    await open({ timeoutMilliseconds: SHORT_TIMEOUT_MILLISECONDS });
    theService().behaviour = neverAnswer;
    const late = await write();
    expect(late.status).toBe(504);
    expect(await late.json()).toMatchObject({ code: 'SVC_002', detail: 'A service did not answer in time.' });
  });

  it('gives 502 when no instance listens', async () => {
    await theService().close();
    expect((await write()).status).toBe(502);
  });

  it('that breaks off a response breaks it off for the client', async () => {
    theService().behaviour = (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half":');
      setTimeout(() => request.socket.destroy(), 20);
    };
    const answer = await read();
    await expect(answer.text()).rejects.toThrow('terminated');
  });

  it('shares requests among its instances', async () => {
    await open({ instances: 3 });
    expect(new Set(await statusesOf(90, write))).toEqual(new Set([200]));
    // Fewer are as unlikely as one in a million.
    for (const { seen } of current().services) expect(seen.length).toBeGreaterThan(9);
  });

  it('gets fewer requests at an instance that is busy', async () => {
    await open({ instances: 2 });
    const [busy] = current().services;
    busy!.behaviour = neverAnswer;
    const requests: Promise<unknown>[] = [];
    const isStuck = vi.waitUntil(() => busy!.seen.length > 0, { timeout: 30_000, interval: 1 });
    while (busy!.seen.length === 0) {
      requests.push(write());
      await Promise.race([requests.at(-1), isStuck]);
    }
    await statusesOf(20, write);
    expect(busy!.seen).toHaveLength(1);
    busy!.server.closeAllConnections();
    await Promise.all(requests);
  });

  it('reuses its connections', async () => {
    const sockets = new Set<unknown>();
    theService().server.on('connection', (socket) => sockets.add(socket));
    await statusesOf(20, read);
    // One would do, but a response may arrive a moment before its connection is free again.
    expect(sockets.size).toBeLessThan(10);
  });
});
