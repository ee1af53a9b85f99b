import type { Asset } from '@cnop/common/entities/inventory/asset';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterEach, describe, expect, test } from 'vitest';
import type { InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

/** One euro is 1.10 USD, sold for 1.11 and bought for 1.09. */
const EUR = aCurrency('EUR', { current_price: '1.1', spread_bps: 181, price_scale: 2 });
/** 1,000 yen are 6.50 USD, without a spread. */
const JPY = aCurrency('JPY', { current_price: '0.0065', price_scale: 8, quantity_scale: 0 });
const BTC = anAsset({ asset_id: 'BTC', current_price: '50000' });

function aCurrency(asset_id: string, fields: Parameters<typeof anAsset>[0]): Asset {
  return anAsset({ asset_id, symbol: asset_id, category: 'currency', quantity_scale: 2, ...fields });
}

let service: InventoryServiceUnderTest;
afterEach(async () => service.dispose());

async function rates(query = ''): Promise<Record<string, unknown>[]> {
  const answer = await service.send({ url: `/exchange-rates${query}` });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<{ data: Record<string, unknown>[] }>().data;
}

describe('GET /exchange-rates', () => {
  test('answers the quotes of all currencies in USD', async () => {
    service = await startInventoryService([EUR, JPY, BTC]);
    await service.maker.tick();
    expect(await rates()).toEqual([
      {
        base: 'EUR',
        quote: 'USD',
        bid: '1.09',
        ask: '1.11',
        mid: '1.1',
        at: '2026-03-01T09:00:00.000Z',
        fault: null,
      },
      {
        base: 'JPY',
        quote: 'USD',
        bid: '0.0065',
        ask: '0.0065',
        mid: '0.0065',
        at: '2026-03-01T09:00:00.000Z',
        fault: null,
      },
    ]);
  });

  test('leads over USD with both spreads, the bid rounded down and the ask up', async () => {
    service = await startInventoryService([EUR, JPY, BTC]);
    await service.maker.tick();
    expect(await rates('?quote=EUR')).toMatchObject([
      // 1 / 1.11, 1 / 1.09 and 1 / 1.1
      { base: 'USD', bid: '0.9009009009', ask: '0.917431192661', mid: '0.909090909091' },
      // 0.0065 / 1.11 and 0.0065 / 1.09
      { base: 'JPY', bid: '0.005855855855', ask: '0.005963302753' },
    ]);
  });

  test('says why no conversion executes: a closed currency, and an old price', async () => {
    service = await startInventoryService([EUR, { ...JPY, status: 'cancel_only' }]);
    await service.maker.tick();
    expect(await rates()).toMatchObject([{ fault: null }, { fault: 'closed' }]);
    service.clock.advanceSeconds(61);
    expect(await rates()).toMatchObject([{ fault: 'old' }, { fault: 'closed' }]);
  });

  test('leaves out currencies that the catalogue does not have', async () => {
    service = await startInventoryService([EUR]);
    await service.maker.tick();
    expect(await rates()).toHaveLength(1);
    expect(await rates('?quote=GBP')).toEqual([]);
    expect((await service.send({ url: '/exchange-rates?quote=BTC' })).statusCode).toBe(422);
  });
});

describe('a currency of the catalogue', () => {
  const list = async (query: string): Promise<string[]> => {
    const answer = await service.send({ url: `/inventory/assets${query}` });
    return answer.json<{ data: { asset_id: string }[] }>().data.map(({ asset_id }) => asset_id);
  };

  test('is listed only when it is asked for, and is no part of the market', async () => {
    service = await startInventoryService([EUR, BTC]);
    await service.maker.tick();
    expect(await list('')).toEqual(['BTC']);
    expect(await list('?category=currency')).toEqual(['EUR']);
    const market = (await service.send({ url: '/inventory/market' })).json<{ data: object }>().data;
    expect(market).toMatchObject({ asset_count: 1, by_category: [{ category: 'cryptocurrency' }] });
    expect((await service.send({ url: '/inventory/assets/EUR/candles?interval=1m' })).statusCode).toBe(200);
  });

  test('has its rate, its spread and its state set like those of an asset', async () => {
    service = await startInventoryService([EUR], { PRICE_MANUAL_MAX_PERCENT: '10' });
    await service.maker.tick();
    const set = (price: string) =>
      service.send({ as: 'admin', method: 'PUT', url: '/inventory/assets/EUR/price', body: { price } });
    expect((await set('1.15')).statusCode).toBe(200);
    // A larger step needs a second administrator.
    expect((await set('2')).statusCode).toBe(422);
    expect(await rates()).toMatchObject([{ mid: '1.15' }]);
    const url = '/inventory/assets/EUR';
    const spread = await service.send({ as: 'admin', method: 'PUT', url, body: { spread_bps: 0 } });
    expect(spread.statusCode).toBe(200);
    const close = await service.send({ as: 'moderator', method: 'POST', url: `${url}/deactivate` });
    expect(close.statusCode, close.body).toBe(200);
    service.clock.advanceSeconds(2);
    expect(await rates()).toMatchObject([{ bid: '1.15', ask: '1.15', fault: 'closed' }]);
  });

  test.each([
    ['a fee', { fee_bps: 10 }, 'fee_bps'],
    ['a category of assets', { category: 'token' }, 'category'],
    ['a delisting', { status: 'delisted' }, 'status'],
  ])('refuses %s', async (_name, body, field) => {
    service = await startInventoryService([EUR, BTC]);
    const answer = await service.send({ as: 'admin', method: 'PUT', url: '/inventory/assets/EUR', body });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field }] });
  });

  test.each([
    ['of an unknown code', { asset_id: 'XYZ', quantity_scale: 2 }, 'asset_id'],
    ['with other digits than ISO 4217', { asset_id: 'JPY', quantity_scale: 2 }, 'quantity_scale'],
  ])('is not created %s', async (_name, fields, field) => {
    service = await startInventoryService();
    const body = { symbol: 'X', name: 'X', current_price: '1', category: 'currency', ...fields };
    const answer = await service.send({ as: 'admin', method: 'POST', url: '/inventory/assets', body });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field }] });
  });
});
