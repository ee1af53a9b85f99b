import { anAssetId } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

const NOW = '2026-03-01T09:00:00.000Z';
const BEFORE = '2026-01-15T12:00:00.000Z';
const BTC = anAsset({ current_price: '50000' });

let service: InventoryServiceUnderTest;
beforeEach(async () => {
  service = await startInventoryService([
    BTC,
    anAsset({ asset_id: 'OFF', status: 'cancel_only' }),
    anAsset({ asset_id: 'HALT', status: 'suspended' }),
    anAsset({ asset_id: 'GONE', status: 'delisted' }),
  ]);
});
afterEach(async () => service.dispose());

const listedIds = async () => {
  const reply = await service.send({ url: '/inventory/assets' });
  return reply.json<{ data: { asset_id: string }[] }>().data.map(({ asset_id }) => asset_id);
};

describe('POST /inventory/assets/{id}/activate and /deactivate', () => {
  test.each([
    ['OFF', 'activate', 'cancel_only', 'active'],
    ['HALT', 'activate', 'suspended', 'active'],
    ['BTC', 'deactivate', 'active', 'cancel_only'],
    ['HALT', 'deactivate', 'suspended', 'cancel_only'],
  ])('%s %s: from %s to %s', async (id, verb, before, after) => {
    const reply = await service.send({
      as: 'moderator',
      method: 'POST',
      url: `/inventory/assets/${id}/${verb}`,
    });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({
      data: { asset_id: id, status: after, is_active: after === 'active', updated_at: NOW },
    });
    expect(await service.dao.getAsset(anAssetId(id))).toMatchObject({ status: after, updated_at: NOW });
    expect(await service.audited('moderator')).toEqual([
      expect.objectContaining({
        event_type: 'admin_action',
        actor: 'mallory',
        address: '127.0.0.1',
        detail: { action: `${verb}_asset`, asset_id: id },
        changes: [{ field: 'status', before, after }],
      }),
    ]);
  });

  test('changes the list at once', async () => {
    expect(await listedIds()).toEqual(['BTC']);
    await service.send({ as: 'admin', method: 'POST', url: '/inventory/assets/BTC/deactivate' });
    expect(await listedIds()).toEqual([]);
    await service.send({ as: 'admin', method: 'POST', url: '/inventory/assets/BTC/activate', body: {} });
    expect(await listedIds()).toEqual(['BTC']);
  });

  test.each([
    ['BTC', 'activate'],
    ['OFF', 'deactivate'],
  ])('%s %s: is idempotent', async (id, verb) => {
    const reply = await service.send({ as: 'admin', method: 'POST', url: `/inventory/assets/${id}/${verb}` });
    expect(reply.statusCode).toBe(200);
    expect(await service.dao.getAsset(anAssetId(id))).toMatchObject({ updated_at: BEFORE });
    expect(await service.audited('admin')).toEqual([]);
  });

  test.each(['activate', 'deactivate'])('answers 409 when asked to %s a delisted asset', async (verb) => {
    const reply = await service.send({ as: 'admin', method: 'POST', url: `/inventory/assets/GONE/${verb}` });
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({ code: 'RES_003' });
    expect(await service.dao.getAsset(anAssetId('GONE'))).toMatchObject({
      status: 'delisted',
      updated_at: BEFORE,
    });
    expect(await service.audited('admin')).toEqual([]);
  });

  test.each(['activate', 'deactivate'])('answers 404 when asked to %s an unknown asset', async (verb) => {
    const reply = await service.send({ as: 'admin', method: 'POST', url: `/inventory/assets/NOPE/${verb}` });
    expect(reply.statusCode).toBe(404);
  });
});

describe('PUT /inventory/assets/{id}/price', () => {
  const url = '/inventory/assets/BTC/price';

  test.each([
    ['a string', '"61234.50"', '61234.5'],
    ['a number', '61234.50', '61234.5'],
    ['zeros beyond the scale', '"61234.5000"', '61234.5'],
    ['the smallest price', '"0.01"', '0.01'],
  ])('stores %s exactly', async (_what, price, stored) => {
    const reply = await service.send({ as: 'moderator', method: 'PUT', url, body: `{"price": ${price}}` });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ data: { current_price: stored, last_price_update: NOW } });
    expect(await service.dao.getAsset(anAssetId('BTC'))).toEqual({
      ...BTC,
      current_price: stored,
      updated_at: NOW,
      last_price_update: NOW,
      quote_seq: Date.parse(NOW),
    });
    expect(await service.audited('moderator')).toEqual([
      expect.objectContaining({
        event_type: 'admin_action',
        address: '127.0.0.1',
        detail: { action: 'set_asset_price', asset_id: 'BTC' },
        changes: [{ field: 'current_price', before: '50000', after: stored }],
      }),
    ]);
  });

  test('changes the list at once', async () => {
    await listedIds();
    await service.send({ as: 'admin', method: 'PUT', url, body: { price: '0.5' } });
    const reply = await service.send({ url: '/inventory/assets' });
    expect(reply.json()).toMatchObject({ data: [{ asset_id: 'BTC', current_price: '0.5', price_usd: 0.5 }] });
  });

  test('stores the largest price exactly', async () => {
    await service.dao.createAsset(anAsset({ asset_id: 'BIG', current_price: '100000000000000' }));
    const body = '{"price": 999999999999999.99}';
    const bigUrl = '/inventory/assets/BIG/price';
    expect((await service.send({ as: 'admin', method: 'PUT', url: bigUrl, body })).statusCode).toBe(200);
    expect(await service.dao.getAsset(anAssetId('BIG'))).toMatchObject({
      current_price: '999999999999999.99',
    });
  });

  test('refuses more fraction digits than the price scale, and names the price', async () => {
    const reply = await service.send({ as: 'admin', method: 'PUT', url, body: { price: '1.001' } });
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'VAL_001', errors: [{ field: 'price', pointer: '/price' }] });
    expect(await service.dao.getAsset(anAssetId('BTC'))).toEqual(BTC);
    expect(await service.audited('admin')).toEqual([]);
  });

  test('answers 404 for an unknown asset', async () => {
    const call = {
      as: 'admin',
      method: 'PUT',
      url: '/inventory/assets/NOPE/price',
      body: { price: '1' },
    } as const;
    expect((await service.send(call)).statusCode).toBe(404);
  });
});
