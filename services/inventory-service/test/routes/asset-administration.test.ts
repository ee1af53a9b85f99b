import { anAssetId } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

const NOW = '2026-03-01T09:00:00.000Z';
const BTC = anAsset({
  name: 'Bitcoin',
  current_price: '50000',
  website: 'https://bitcoin.org',
  circulating_supply: '7',
});

let service: InventoryServiceUnderTest;
beforeEach(async () => {
  service = await startInventoryService([BTC, anAsset({ asset_id: 'GONE', status: 'delisted' })]);
});
afterEach(async () => service.dispose());

const listedIds = async () => {
  const reply = await service.send({ url: '/inventory/assets' });
  return reply.json<{ data: { asset_id: string }[] }>().data.map(({ asset_id }) => asset_id);
};

describe('POST /inventory/assets', () => {
  const url = '/inventory/assets';
  const NEW = { asset_id: 'new', symbol: 'New', name: ' New coin ', current_price: '1.50' };

  test('stores a new asset with defaults, and audits it', async () => {
    const reply = await service.send({ as: 'admin', method: 'POST', url, body: NEW });
    expect(reply.statusCode).toBe(201);
    const asset = {
      asset_id: 'NEW',
      symbol: 'New',
      name: 'New coin',
      description: null,
      current_price: '1.5',
      circulating_supply: null,
      volume_24h: null,
      price_change_24h: null,
      price_change_percentage_24h: null,
      status: 'active',
      category: 'cryptocurrency',
      website: null,
      whitepaper: null,
      image: null,
      market_cap_rank: null,
      quantity_scale: 8,
      price_scale: 2,
      spread_bps: 0,
      fee_bps: 0,
      daily_volatility_bps: 300,
      settlement_price: null,
      delisted_at: null,
      settled_at: null,
      created_at: NOW,
      updated_at: NOW,
      last_price_update: NOW,
      quote_seq: null,
      price_suspended: false,
      price_sheet: null,
      max_house_exposure: null,
    };
    const { quote_seq: _seq, price_suspended: _isSuspended, price_sheet: _sheet, ...others } = asset;
    const { max_house_exposure: _limit, ...shown } = others;
    expect(reply.json()).toEqual({
      data: {
        ...shown,
        market_cap: null,
        high_24h: null,
        low_24h: null,
        price_usd: 1.5,
        is_active: true,
        availability_status: 'available',
      },
    });
    expect(await service.dao.getAsset(anAssetId('NEW'))).toEqual(asset);
    expect(await service.audited('admin')).toEqual([
      expect.objectContaining({
        event_type: 'admin_action',
        username: 'adam',
        actor: 'adam',
        user_agent: 'test-agent',
        request_id: 'request-1',
        occurred_at: NOW,
        address: '127.0.0.1',
        detail: { action: 'create_asset', asset_id: 'NEW' },
        changes: expect.arrayContaining([
          { field: 'asset_id', before: null, after: 'NEW' },
          { field: 'current_price', before: null, after: '1.5' },
          { field: 'status', before: null, after: 'active' },
          { field: 'spread_bps', before: null, after: '0' },
          { field: 'fee_bps', before: null, after: '0' },
        ]) as unknown,
      }),
    ]);
  });

  test('stores every field, with JSON numbers read exactly', async () => {
    const body = `{
      "asset_id": "SHIB2", "symbol": "SHIB2", "name": "Shiba", "current_price": 0.0000114700,
      "description": "A token.", "category": "token", "status": "inactive", "market_cap": 900719925474099.30,
      "market_cap_rank": 12, "volume_24h": "0", "website": "https://example.com/a?b=c",
      "whitepaper": "http://example.com/paper.pdf", "image": null, "quantity_scale": 0, "price_scale": 18
    }`;
    const reply = await service.send({ as: 'admin', method: 'POST', url, body });
    expect(reply.statusCode).toBe(201);
    expect(await service.dao.getAsset(anAssetId('SHIB2'))).toMatchObject({
      current_price: '0.00001147',
      description: 'A token.',
      category: 'token',
      status: 'cancel_only',
      // The market cap divided by the price.
      circulating_supply: '78528328288936294681.778552746294681779',
      market_cap_rank: 12,
      volume_24h: '0',
      website: 'https://example.com/a?b=c',
      whitepaper: 'http://example.com/paper.pdf',
      image: null,
      quantity_scale: 0,
      price_scale: 18,
    });
    expect(reply.json()).toMatchObject({ data: { market_cap: 900719925474099.3, volume_24h: 0 } });
  });

  test('takes either the circulating supply or the market cap at the price', async () => {
    const send = async (fields: object) =>
      service.send({ as: 'admin', method: 'POST', url, body: { ...NEW, ...fields } });
    const both = await send({ circulating_supply: '3', market_cap: '4.50' });
    expect(both.statusCode).toBe(422);
    expect(both.json()).toMatchObject({ code: 'VAL_001', errors: [{ field: 'market_cap' }] });
    expect(await service.dao.getAsset(anAssetId('NEW'))).toBeUndefined();
    const supplied = await send({ circulating_supply: '1000000000000000000.5' });
    expect(supplied.json()).toMatchObject({
      data: { circulating_supply: '1000000000000000000.5', market_cap: 1e15 },
    });
    const capped = await send({ asset_id: 'CAP', market_cap: 4.5 });
    expect(capped.json()).toMatchObject({ data: { circulating_supply: '3', market_cap: 4.5 } });
  });

  test('changes the list at once', async () => {
    expect(await listedIds()).toEqual(['BTC']);
    await service.send({ as: 'admin', method: 'POST', url, body: NEW });
    expect(await listedIds()).toEqual(['BTC', 'NEW']);
  });

  test('answers 409 for a taken id in any case, and changes nothing', async () => {
    const reply = await service.send({ as: 'admin', method: 'POST', url, body: { ...NEW, asset_id: 'btc' } });
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({ code: 'RES_002', errors: [{ field: 'asset_id' }] });
    expect(await service.dao.getAsset(anAssetId('BTC'))).toEqual(BTC);
    expect(await service.audited('admin')).toEqual([]);
  });

  test('creates one asset when two equal requests come at once', async () => {
    const call = { as: 'admin', method: 'POST', url, body: NEW } as const;
    const replies = await Promise.all([service.send(call), service.send(call)]);
    expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([201, 409]));
    expect(await service.audited('admin')).toHaveLength(1);
  });

  test('names every missing field', async () => {
    const reply = await service.send({ as: 'admin', method: 'POST', url, body: {} });
    expect(reply.statusCode).toBe(422);
    const { code, errors } = reply.json<{ code: string; errors: { field: string }[] }>();
    expect(code).toBe('VAL_003');
    expect(errors.map(({ field }) => field)).toEqual(['asset_id', 'symbol', 'name', 'current_price']);
  });
});

describe('PUT /inventory/assets/{id}', () => {
  const url = '/inventory/assets/btc';

  test('changes given fields, clears null fields and keeps the rest', async () => {
    const body = {
      name: 'Bitcoin!',
      status: 'suspended',
      circulating_supply: 8.5,
      website: null,
      price_scale: 4,
    };
    const reply = await service.send({ as: 'admin', method: 'PUT', url, body: JSON.stringify(body) });
    expect(reply.statusCode).toBe(200);
    const changed = {
      ...BTC,
      name: 'Bitcoin!',
      status: 'suspended',
      circulating_supply: '8.5',
      website: null,
      price_scale: 4,
      updated_at: NOW,
    };
    const { quote_seq: _seq, price_suspended: _isSuspended, price_sheet: _sheet, ...others } = changed;
    const { max_house_exposure: _limit, ...shown } = others;
    expect(reply.json()).toMatchObject({ data: { ...shown, market_cap: 425_000, is_active: false } });
    expect(await service.dao.getAsset(anAssetId('BTC'))).toEqual(changed);
    expect(await service.audited('admin')).toEqual([
      expect.objectContaining({
        event_type: 'admin_action',
        address: '127.0.0.1',
        detail: { action: 'update_asset', asset_id: 'BTC' },
        changes: [
          { field: 'name', before: 'Bitcoin', after: 'Bitcoin!' },
          { field: 'circulating_supply', before: '7', after: '8.5' },
          { field: 'status', before: 'active', after: 'suspended' },
          { field: 'website', before: 'https://bitcoin.org', after: null },
          { field: 'price_scale', before: '2', after: '4' },
        ],
      }),
    ]);
    expect(await listedIds()).toEqual([]);
  });

  test('converts a market cap to a supply at the current price', async () => {
    const price = { as: 'admin', method: 'PUT', url: `${url}/price`, body: { price: '40000' } } as const;
    const cap = { as: 'admin', method: 'PUT', url, body: { market_cap: '100000' } } as const;
    expect((await service.send(cap)).json()).toMatchObject({
      data: { circulating_supply: '2', market_cap: 100_000 },
    });
    expect((await service.send(price)).json()).toMatchObject({
      data: { circulating_supply: '2', market_cap: 80_000 },
    });
    const nothing = { ...cap, body: { market_cap: null } };
    expect((await service.send(nothing)).json()).toMatchObject({
      data: { circulating_supply: null, market_cap: null },
    });
  });

  test.each([
    ['the quantity scale', { quantity_scale: 9 }, 'quantity_scale'],
    ['a lower quantity scale', { quantity_scale: 7 }, 'quantity_scale'],
    ['a lower price scale', { price_scale: 1 }, 'price_scale'],
    ['the id', { asset_id: 'ETH' }, 'asset_id'],
    ['the price', { current_price: '1' }, 'current_price'],
    ['the change of the price', { price_change_24h: '1' }, 'price_change_24h'],
    ['a time', { created_at: NOW }, 'created_at'],
    ['a spread of more than 10 %', { spread_bps: 1_001 }, 'spread_bps'],
    ['a fee of more than 10 %', { fee_bps: 1_001 }, 'fee_bps'],
    ['nothing', {}, 'body'],
  ])('refuses to change %s', async (_what, body, field) => {
    const reply = await service.send({ as: 'admin', method: 'PUT', url, body });
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'VAL_001', errors: [{ field }] });
    expect(await service.dao.getAsset(anAssetId('BTC'))).toEqual(BTC);
    expect(await service.audited('admin')).toEqual([]);
  });

  test('accepts the current scales', async () => {
    const body = { quantity_scale: 8, price_scale: 2, name: 'Same' };
    const reply = await service.send({ as: 'admin', method: 'PUT', url, body });
    expect(reply.statusCode).toBe(200);
  });

  test('does not list an asset again that an earlier version delisted without a settlement price', async () => {
    const call = {
      as: 'admin',
      method: 'PUT',
      url: '/inventory/assets/GONE',
      body: { status: 'active' },
    } as const;
    expect((await service.send(call)).statusCode).toBe(409);
    const gone = await service.dao.getAsset(anAssetId('GONE'));
    expect(gone).toMatchObject({ status: 'delisted', settlement_price: gone?.current_price });
  });

  test('answers 404 for an unknown asset', async () => {
    const call = { as: 'admin', method: 'PUT', url: '/inventory/assets/NOPE', body: { name: 'x' } } as const;
    expect((await service.send(call)).statusCode).toBe(404);
    expect(await service.audited('admin')).toEqual([]);
  });
});
