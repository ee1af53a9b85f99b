import { anAsset } from '@cnop/testing/builders/inventory';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Call, InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

type Caller = 'none' | 'customer' | 'moderator' | 'admin';

interface Row extends Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly expected: Readonly<Record<Caller, number>>;
}

const PUBLIC = { none: 200, customer: 200, moderator: 200, admin: 200 };
const STAFF = { none: 401, customer: 403, moderator: 200, admin: 200 };
const ADMINS = { none: 401, customer: 403, moderator: 403, admin: 200 };

const ROWS: readonly Row[] = [
  { method: 'GET', url: '/inventory/assets', expected: PUBLIC },
  { method: 'GET', url: '/inventory/assets/BTC', expected: PUBLIC },
  { method: 'GET', url: '/inventory/assets/BTC/candles', expected: PUBLIC },
  { method: 'GET', url: '/inventory/market', expected: PUBLIC },
  {
    method: 'POST',
    url: '/inventory/assets',
    body: { asset_id: 'NEW', symbol: 'NEW', name: 'New', current_price: '1' },
    expected: { ...ADMINS, admin: 201 },
  },
  { method: 'PUT', url: '/inventory/assets/BTC', body: { name: 'Other' }, expected: ADMINS },
  { method: 'POST', url: '/inventory/assets/BTC/activate', expected: STAFF },
  { method: 'POST', url: '/inventory/assets/BTC/deactivate', expected: STAFF },
  { method: 'PUT', url: '/inventory/assets/BTC/price', body: { price: '2' }, expected: STAFF },
  { method: 'GET', url: '/inventory/price-proposals', expected: STAFF },
  // The proposal does not exist, so callers with access get 404.
  {
    method: 'POST',
    url: '/inventory/assets/BTC/price-proposals/p1/approve',
    expected: { ...ADMINS, admin: 404 },
  },
  {
    method: 'POST',
    url: '/inventory/assets/BTC/price-proposals/p1/reject',
    expected: { ...STAFF, moderator: 404, admin: 404 },
  },
];

const CODES: Readonly<Record<number, string>> = { 401: 'AUTH_001', 403: 'AUTH_002', 404: 'RES_001' };

const CASES = ROWS.flatMap(({ expected, ...call }) =>
  (['none', 'customer', 'moderator', 'admin'] as const).map((caller) => ({
    call,
    caller,
    status: expected[caller],
  })),
);

const BTC = anAsset({ current_price: '50000', status: 'cancel_only' });
let service: InventoryServiceUnderTest;
beforeEach(async () => {
  service = await startInventoryService([BTC]);
});
afterEach(async () => service.dispose());

describe('who may call what', () => {
  test.each(CASES)('$call.method $call.url by $caller: $status', async ({ call, caller, status }) => {
    const reply = await service.send({ ...call, ...(caller !== 'none' && { as: caller }) });
    expect(reply.statusCode).toBe(status);
    if (status >= 400) {
      expect(reply.json()).toMatchObject({ code: CODES[status] });
      expect(await service.dao.getAssets()).toEqual([BTC]);
    }
  });

  test('a caller without access is refused before the body is read', async () => {
    const reply = await service.send({
      as: 'customer',
      method: 'POST',
      url: '/inventory/assets',
      body: '{"bad',
    });
    expect(reply.statusCode).toBe(403);
  });

  test('the matrix has a row for every route of the service', async () => {
    const document = (await service.send({ url: '/openapi.json' })).json<{ paths: Record<string, object> }>();
    const served = Object.entries(document.paths)
      .filter(([path]) => path.startsWith('/inventory'))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    const covered = ROWS.map(
      ({ method, url }) => `${method} ${url.replace('BTC', '{asset_id}').replace('p1', '{id}')}`,
    );
    expect(served.toSorted()).toEqual(covered.toSorted());
  });
});
