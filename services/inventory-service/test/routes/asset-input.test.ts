import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

const BTC = anAsset({ current_price: '50000' });
const VALID = { asset_id: 'NEW', symbol: 'NEW', name: 'New coin', current_price: '1.5' };

let service: InventoryServiceUnderTest;
beforeAll(async () => {
  service = await startInventoryService([BTC]);
});
afterAll(async () => service.dispose());

const expectNothingWritten = async () => {
  expect(await service.dao.getAssets()).toEqual([BTC]);
  expect(await service.audited('admin')).toEqual([]);
};

/** Returns status, code and the distinct fields of a refusal. */
const refusalOf = (reply: { statusCode: number; json(): unknown }) => {
  const { code, errors } = reply.json() as { code: string; errors: { field: string }[] };
  return {
    status: reply.statusCode,
    code,
    fields: [...new Set(errors.map(({ field }) => field))].toSorted(),
  };
};

/** JSON texts of values that are not amounts. */
const BAD_AMOUNTS = [
  '1e5',
  '"1e5"',
  '-1',
  '-0',
  '"-0"',
  '"+1"',
  '"01"',
  '"1."',
  '".5"',
  '" 1"',
  '"1,5"',
  '"0x10"',
  '"NaN"',
  '"Infinity"',
  '""',
  'true',
  '{}',
  '[]',
  '["1"]',
  '1234567890123456789012345678901234567890',
  '"1234567890123456"',
  '0.1234567890123456789',
];
const BAD_SCALES = ['-1', '19', '1.5', '1e1', '"8"', 'true', 'null', '99999999999999999999'];
const BAD_URLS = [
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  ' https://example.com',
  'https://',
  '//example.com',
  'ftp://example.com',
  'data:text/html,x',
  'https://exa mple.com',
  'https://example.com/\u0000',
  'https://example.com/\n',
  `https://example.com/${'a'.repeat(500)}`,
  'https://example.com/\ud800',
].map((url) => JSON.stringify(url));
const BAD_NAMES = [
  '""',
  '"   "',
  '"a\\u0000b"',
  '"a\\nb"',
  '"\\ud800"',
  JSON.stringify('a'.repeat(101)),
  '1',
  'null',
  '[]',
];
const BAD_IDS = ['"ABCDEFGHIJKLM"', '"BTC!"', '""', '" BTC"', '"B C"', '"É"', '1', 'null', '"__proto__"'];

const CREATE_ONLY: [string, string[]][] = [
  ['asset_id', BAD_IDS],
  ['current_price', [...BAD_AMOUNTS, '0', '"0.00"', 'null', '"1.001"']],
];
const EDITABLE: [string, string[]][] = [
  ['symbol', ['""', '" "', '"ABCDEFGHIJK"', '"a\\tb"', '1', 'null']],
  ['name', BAD_NAMES],
  ['description', ['"a\\u0000b"', '"a\\nb"', JSON.stringify('a'.repeat(1_001)), '1', '{}']],
  ['category', ['"Token"', '"bond"', '""', '1', 'null', '["token"]']],
  ['status', ['"ACTIVE"', '"open"', '""', 'true', 'null']],
  ['market_cap', BAD_AMOUNTS],
  ['circulating_supply', BAD_AMOUNTS.filter((amount) => amount !== '"1234567890123456"')],
  ['volume_24h', BAD_AMOUNTS],
  ['market_cap_rank', ['0', '-1', '1.5', '"1"', '1e2', '1000001', 'true']],
  ['website', [...BAD_URLS, '1']],
  ['whitepaper', [...BAD_URLS, '1']],
  ['image', [...BAD_URLS, '1']],
  ['quantity_scale', BAD_SCALES],
  ['price_scale', BAD_SCALES],
  ['role', ['"admin"']],
  ['price_usd', ['1']],
  ['is_active', ['true']],
  ['updated_at', ['"2026-01-15T12:00:00.000Z"']],
  ['version', ['1']],
];
const casesOf = (table: [string, string[]][]) =>
  table.flatMap(([field, values]) => values.map((value) => [field, value] as const));
const short = (cases: (readonly [string, string])[]) =>
  cases.map(([field, value]) => [field, value.slice(0, 50), value] as const);

describe('POST /inventory/assets', () => {
  test.each(short(casesOf([...CREATE_ONLY, ...EDITABLE])))('refuses %s %s', async (field, _shown, value) => {
    const { [field as keyof typeof VALID]: _replaced, ...others } = VALID;
    const body = `${JSON.stringify(others).slice(0, -1)}, "${field}": ${value}}`;
    const reply = await service.send({ as: 'admin', method: 'POST', url: '/inventory/assets', body });
    expect(refusalOf(reply)).toEqual({ status: 422, code: 'VAL_001', fields: [field] });
    await expectNothingWritten();
  });
});

describe('PUT /inventory/assets/{id}', () => {
  test.each(short(casesOf(EDITABLE)))('refuses %s %s', async (field, _shown, value) => {
    const body = `{"${field}": ${value}}`;
    const reply = await service.send({ as: 'admin', method: 'PUT', url: '/inventory/assets/BTC', body });
    expect(refusalOf(reply)).toEqual({ status: 422, code: 'VAL_001', fields: [field] });
    await expectNothingWritten();
  });
});

describe('PUT /inventory/assets/{id}/price', () => {
  test.each(short(casesOf([['price', [...BAD_AMOUNTS, '0', '"0"', 'null', '0.001']]])))(
    'refuses %s %s',
    async (field, _shown, value) => {
      const body = `{"price": ${value}}`;
      const reply = await service.send({
        as: 'admin',
        method: 'PUT',
        url: '/inventory/assets/BTC/price',
        body,
      });
      expect(refusalOf(reply)).toEqual({ status: 422, code: 'VAL_001', fields: [field] });
      await expectNothingWritten();
    },
  );

  test('names both a missing price and an unknown field', async () => {
    const call = {
      as: 'admin',
      method: 'PUT',
      url: '/inventory/assets/BTC/price',
      body: { cost: '1' },
    } as const;
    const refusal = refusalOf(await service.send(call));
    expect(refusal).toEqual({ status: 422, code: 'VAL_001', fields: ['cost', 'price'] });
  });
});

describe('every route that takes a body', () => {
  const ROUTES = [
    { method: 'POST', url: '/inventory/assets' },
    { method: 'PUT', url: '/inventory/assets/BTC' },
    { method: 'PUT', url: '/inventory/assets/BTC/price' },
    { method: 'POST', url: '/inventory/assets/BTC/activate' },
    { method: 'POST', url: '/inventory/assets/BTC/deactivate' },
  ] as const;

  test.each(
    ROUTES.flatMap((route) => [
      { ...route, body: '{"__proto__": {"role": "admin"}}' },
      { ...route, body: '{"constructor": {"prototype": {}}}' },
      { ...route, body: '{"name": "a", "name": "b"}' },
      { ...route, body: '{"name": ' },
      { ...route, body: `${'['.repeat(30)}${']'.repeat(30)}` },
    ]),
  )('$method $url answers 400 to $body', async (call) => {
    const reply = await service.send({ as: 'admin', ...call });
    expect(reply.json()).toMatchObject({ status: 400, code: 'VAL_002' });
    expect(Object.hasOwn(Object.prototype, 'role')).toBe(false);
    await expectNothingWritten();
  });

  test.each(
    ROUTES.flatMap((route) =>
      ['[]', '"text"', '1', 'true', '{"unknown": 1}'].map((body) => ({ ...route, body })),
    ),
  )('$method $url answers 422 to $body', async (call) => {
    const reply = await service.send({ as: 'admin', ...call });
    expect(reply.statusCode).toBe(422);
    await expectNothingWritten();
  });

  test.each(ROUTES.filter(({ url }) => url.includes('BTC')))(
    '$method $url refuses malformed ids',
    async (route) => {
      for (const id of ['ABCDEFGHIJKLM', 'BTC!', 'B%2FC', 'B%00C']) {
        const url = route.url.replace('BTC', id);
        const body = route.url.endsWith('price')
          ? { price: '1' }
          : route.method === 'PUT'
            ? { name: 'x' }
            : undefined;
        const reply = await service.send({ as: 'admin', ...route, url, body });
        expect(reply.json()).toMatchObject({ status: 422, errors: [{ field: 'asset_id' }] });
      }
      await expectNothingWritten();
    },
  );
});
