import { createLogger } from '@cnop/common/process/logger';
import { expect, it, vi } from 'vitest';
import { openGateway, SHAPES } from './harness.ts';

it.each(SHAPES)('the access log has one line for each request, services %s', async (shape) => {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
  const gateway = await openGateway({
    shape,
    logger: createLogger({ level: 'info', destination: { write } }),
  });
  const { authorization } = await gateway.signIn('alice');
  const base = `http://127.0.0.1:${gateway.port}`;
  lines.length = 0;

  await fetch(`${base}/api/v1/orders/abc?cursor=secret`, {
    headers: { authorization, 'x-request-id': 'trace-1' },
  });
  await fetch(`${base}/api/v1/orders/@`, { headers: { authorization } });
  await fetch(`${base}/api/v1/balance`);
  await fetch(`${base}/wp-admin?x=secret`);
  await vi.waitFor(() => expect(lines.length).toBeGreaterThanOrEqual(4));

  expect(lines.map(({ msg, method, route, status }) => ({ msg, method, route, status }))).toEqual([
    { msg: 'request completed', method: 'GET', route: '/api/v1/orders/:id', status: 200 },
    { msg: 'request completed', method: 'GET', route: '/api/v1/orders/:id', status: 422 },
    { msg: 'request completed', method: 'GET', route: '/api/v1/balance', status: 401 },
    { msg: 'request completed', method: 'GET', route: 'unknown', status: 404 },
  ]);
  expect(lines[0]).toMatchObject({ level: 'info', service: 'gateway', request_id: 'trace-1' });
  expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(lines[0]?.['duration_ms']).toEqual(expect.any(Number));
  expect(Object.keys(lines[0] ?? {}).join()).toBe(
    'level,time,instance,service,request_id,method,route,status,duration_ms,msg',
  );
  expect(JSON.stringify(lines)).not.toContain('secret');
  expect(JSON.stringify(lines)).not.toContain(authorization.slice(-20));
  await gateway.close();
});
