import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

interface ListAnswer {
  data: { asset_id: string }[];
  total_count: number;
  active_count: number;
}

const CATALOGUE = [
  anAsset({
    asset_id: 'BTC',
    name: 'Bitcoin',
    current_price: '105240.55',
    circulating_supply: '19880000',
    market_cap_rank: 1,
    price_change_24h: '1289',
    price_change_percentage_24h: '1.24',
  }),
  anAsset({
    asset_id: 'SHIB',
    name: 'Shiba Inu',
    category: 'token',
    current_price: '0.00001147',
    price_scale: 10,
    circulating_supply: '589192676549259',
    market_cap_rank: 2,
    price_change_24h: '-0.0000002198',
    price_change_percentage_24h: '-1.88',
  }),
  // The market caps of these two are shown as the same number.
  anAsset({
    asset_id: 'AAA',
    name: 'zeta',
    category: 'token',
    current_price: '9',
    circulating_supply: '100079991719344.36',
    market_cap_rank: 3,
  }),
  anAsset({
    asset_id: 'BBB',
    name: 'Alpha',
    symbol: 'Bbb',
    category: 'token',
    current_price: '10',
    circulating_supply: '90071992547409.92399',
    market_cap_rank: 3,
  }),
  anAsset({ asset_id: 'OLD', name: 'Delisted coin', status: 'delisted', market_cap_rank: null }),
  anAsset({ asset_id: 'HALT', name: 'Halted coin', status: 'suspended', market_cap_rank: 4 }),
];

describe('GET /inventory/assets', () => {
  let service: InventoryServiceUnderTest;
  beforeAll(async () => {
    service = await startInventoryService(CATALOGUE);
  });
  afterAll(async () => service.dispose());

  const list = async (query = '') => {
    const reply = await service.send({ url: `/inventory/assets${query}` });
    expect(reply.statusCode).toBe(200);
    const answer: ListAnswer = reply.json();
    return { ...answer, ids: answer.data.map(({ asset_id }) => asset_id) };
  };

  test('lists the active assets by rank without a sign-in', async () => {
    expect(await list()).toMatchObject({
      ids: ['BTC', 'SHIB', 'AAA', 'BBB'],
      total_count: 4,
      active_count: 4,
    });
  });

  test('shows every asset on request, those without a rank last', async () => {
    expect(await list('?active_only=false')).toMatchObject({
      ids: ['BTC', 'SHIB', 'AAA', 'BBB', 'HALT', 'OLD'],
      total_count: 6,
      active_count: 4,
    });
  });

  test('keeps assets without a rank last in descending order', async () => {
    const { ids } = await list('?active_only=false&sort_order=desc');
    expect(ids).toEqual(['HALT', 'AAA', 'BBB', 'SHIB', 'BTC', 'OLD']);
  });

  test('counts all matches on a short page', async () => {
    expect(await list('?limit=1')).toMatchObject({ ids: ['BTC'], total_count: 4, active_count: 4 });
    expect(await list('?limit=250')).toMatchObject({ total_count: 4 });
  });

  test.each([
    ['category=token', ['SHIB', 'AAA', 'BBB']],
    ['category=nft', []],
    ['search=bit', ['BTC']],
    ['search=SHIB', ['SHIB']],
    ['search=bBB', ['BBB']],
    ['search=%20inu%20', ['SHIB']],
    ['search=', ['BTC', 'SHIB', 'AAA', 'BBB']],
    ['search=.*', []],
    ['search=coin&active_only=false', ['BTC', 'HALT', 'OLD']],
    ['search=a&category=token', ['SHIB', 'AAA', 'BBB']],
  ])('filters by %s', async (query, expected) => {
    const { ids, total_count } = await list(`?${query}`);
    expect(ids).toEqual(expected);
    expect(total_count).toBe(expected.length);
  });

  test.each([
    ['asset_id', ['AAA', 'BBB', 'BTC', 'SHIB']],
    ['asset_id&sort_order=desc', ['SHIB', 'BTC', 'BBB', 'AAA']],
    ['name', ['BBB', 'BTC', 'SHIB', 'AAA']],
    ['price', ['SHIB', 'AAA', 'BBB', 'BTC']],
    ['price&sort_order=desc', ['BTC', 'BBB', 'AAA', 'SHIB']],
    ['market_cap', ['SHIB', 'BTC', 'AAA', 'BBB']],
    ['market_cap&sort_order=desc', ['AAA', 'BBB', 'BTC', 'SHIB']],
    ['price_change_24h', ['SHIB', 'BTC', 'AAA', 'BBB']],
    ['price_change_24h&sort_order=desc', ['BTC', 'SHIB', 'AAA', 'BBB']],
    ['price_change_percentage_24h', ['SHIB', 'BTC', 'AAA', 'BBB']],
  ])('sorts by %s', async (query, expected) => {
    const { ids } = await list(`?sort_by=${query}`);
    expect(ids).toEqual(expected);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=251', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['limit=99999999999999999999', 'limit'],
    ['active_only=yes', 'active_only'],
    ['active_only=TRUE', 'active_only'],
    ['category=Token', 'category'],
    ['category=', 'category'],
    ['sort_by=current_price', 'sort_by'],
    ['sort_by=__proto__', 'sort_by'],
    ['sort_by=constructor', 'sort_by'],
    ['sort_order=down', 'sort_order'],
    [`search=${'a'.repeat(101)}`, 'search'],
    ['search=a%00b', 'search'],
    ['search=a%0Ab', 'search'],
    ['search[]=a', 'search[]'],
    ['offset=1', 'offset'],
    ['cursor=', 'cursor'],
    ['__proto__=1', '__proto__'],
  ])('refuses %s and names the parameter', async (query, field) => {
    const reply = await service.send({ url: `/inventory/assets?${query}` });
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'VAL_001', errors: [{ field }] });
  });

  test('names every bad parameter at once', async () => {
    const reply = await service.send({ url: '/inventory/assets?limit=0&category=x&unknown=1' });
    const { errors } = reply.json<{ errors: { field: string }[] }>();
    expect(errors.map(({ field }) => field).toSorted()).toEqual(['category', 'limit', 'unknown']);
  });

  test('shows the write of another process after one second', async () => {
    await list();
    await service.dao.createAsset(anAsset({ asset_id: 'NEW', name: 'New', market_cap_rank: 9 }));
    service.clock.advanceMilliseconds(999);
    expect((await list('?search=new')).ids).toEqual([]);
    service.clock.advanceMilliseconds(1);
    expect((await list('?search=new')).ids).toEqual(['NEW']);
  });
});

describe('GET /inventory/assets/{id}', () => {
  let service: InventoryServiceUnderTest;
  beforeAll(async () => {
    service = await startInventoryService(CATALOGUE);
  });
  afterAll(async () => service.dispose());

  test('shows every public field of an asset without a sign-in', async () => {
    const reply = await service.send({ url: '/inventory/assets/SHIB' });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({
      data: {
        asset_id: 'SHIB',
        spread_bps: 0,
        fee_bps: 0,
        daily_volatility_bps: 300,
        high_24h: null,
        low_24h: null,
        symbol: 'SHIB',
        name: 'Shiba Inu',
        description: null,
        current_price: '0.00001147',
        circulating_supply: '589192676549259',
        market_cap: 6758040000.02,
        volume_24h: null,
        price_change_24h: -0.0000002198,
        price_change_percentage_24h: -1.88,
        status: 'active',
        category: 'token',
        website: null,
        whitepaper: null,
        image: null,
        market_cap_rank: 2,
        quantity_scale: 8,
        price_scale: 10,
        settlement_price: null,
        delisted_at: null,
        settled_at: null,
        created_at: '2026-01-15T12:00:00.000Z',
        updated_at: '2026-01-15T12:00:00.000Z',
        last_price_update: '2026-01-15T12:00:00.000Z',
        price_usd: 0.00001147,
        is_active: true,
        availability_status: 'available',
      },
    });
  });

  test.each(['OLD', 'HALT'])('says that %s is not available', async (id) => {
    const reply = await service.send({ url: `/inventory/assets/${id}` });
    expect(reply.json()).toMatchObject({ data: { is_active: false, availability_status: 'unavailable' } });
  });

  test('matches the id in any case', async () => {
    const reply = await service.send({ url: '/inventory/assets/btc' });
    expect(reply.json()).toMatchObject({ data: { asset_id: 'BTC' } });
  });

  test('answers 404 for an unknown id', async () => {
    const reply = await service.send({ url: '/inventory/assets/NOPE' });
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toMatchObject({ code: 'RES_001' });
  });

  test.each([
    'ABCDEFGHIJKLM',
    'ABCDEFGHIJK',
    'BTC!',
    'B.C',
    'B%20C',
    'B%00C',
    'B%C3%89',
    '..%2FBTC',
    '%E2%82%BF',
  ])('refuses the malformed id %s', async (id) => {
    const reply = await service.send({ url: `/inventory/assets/${id}` });
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'VAL_001', errors: [{ field: 'asset_id' }] });
  });

  test('reads the store each time', async () => {
    await service.dao.updateAsset(anAssetId('BTC'), () => ({ current_price: aPrice('1.5') }));
    const reply = await service.send({ url: '/inventory/assets/BTC' });
    expect(reply.json()).toMatchObject({ data: { current_price: '1.5', price_usd: 1.5 } });
  });
});
