import { expect, it } from 'vitest';
import { planCluster } from '../../src/cluster/cluster-plan.ts';

function plan(more: Partial<Parameters<typeof planCluster>[0]> = {}) {
  let port = 9_000;
  return planCluster({
    instances: { gateway: 2, user: 2, order: 3, inventory: 1 },
    takePort: () => Promise.resolve(port++),
    gatewaySecret: 'secret',
    env: { STORE: 'dynamodb' },
    ...more,
  });
}

it('plans as many processes of each role as asked for, each on a port of its own', async () => {
  const processes = await plan();
  expect(processes.map(({ name }) => name)).toEqual([
    'gateway-1',
    'gateway-2',
    'user-1',
    'user-2',
    'order-1',
    'order-2',
    'order-3',
    'inventory-1',
  ]);
  expect(new Set(processes.map(({ env }) => env['PORT'])).size).toBe(8);
  for (const { url, env } of processes) expect(url).toBe(`http://127.0.0.1:${env['PORT']}`);
});

it('gives every process the settings of all and the secret, and gateways every instance of each service', async () => {
  const processes = await plan({ gatewayEnv: { WEB_DIR: '/web' } });
  for (const { env } of processes) expect(env).toMatchObject({ STORE: 'dynamodb', GATEWAY_SECRET: 'secret' });
  const urlsOf = (role: string) => processes.filter((each) => each.role === role).map(({ url }) => url);
  for (const gateway of processes.filter(({ role }) => role === 'gateway')) {
    expect(gateway.env).toMatchObject({
      WEB_DIR: '/web',
      USER_SERVICE_URLS: urlsOf('user').join(','),
      ORDER_SERVICE_URLS: urlsOf('order').join(','),
      INVENTORY_SERVICE_URLS: urlsOf('inventory').join(','),
    });
  }
  expect(processes.find(({ role }) => role === 'user')?.env).not.toHaveProperty('WEB_DIR');
});

it('gives gateways a port for their metrics only when asked to', async () => {
  const [silent] = await plan();
  expect(silent).toMatchObject({ metricsUrl: undefined });
  expect(silent?.env).not.toHaveProperty('METRICS_PORT');
  const [measured] = await plan({ hasGatewayMetrics: true });
  expect(measured?.metricsUrl).toBe(`http://127.0.0.1:${measured?.env['METRICS_PORT']}`);
  expect(measured?.metricsUrl).not.toBe(measured?.url);
});
