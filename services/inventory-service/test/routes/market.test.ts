import { isoTime } from '@cnop/common/core/brands';
import { anAssetId, aPrice, aQuantity } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

const BTC = anAssetId('BTC');

let service: InventoryServiceUnderTest;
beforeEach(async () => {
  service = await startInventoryService([
    anAsset({ asset_id: 'BTC', current_price: '50000', circulating_supply: '0.06' }),
    anAsset({ asset_id: 'ETH', current_price: '2000', circulating_supply: '0.55', status: 'suspended' }),
    anAsset({ asset_id: 'USDC', current_price: '1', circulating_supply: null, category: 'stablecoin' }),
    anAsset({ asset_id: 'OLD', current_price: '1', circulating_supply: '7', status: 'delisted' }),
  ]);
  await service.maker.start();
});
afterEach(async () => service.dispose());

const setPrice = async (assetId: string, price: string) =>
  service.send({ as: 'admin', method: 'PUT', url: `/inventory/assets/${assetId}/price`, body: { price } });
const overview = async () => {
  const reply = await service.send({ url: '/inventory/market' });
  expect(reply.statusCode).toBe(200);
  return reply.json<{ data: Record<string, unknown> }>().data;
};

describe('GET /inventory/market', () => {
  test('sums up the market and lists the movers', async () => {
    await setPrice('BTC', '55000');
    await setPrice('ETH', '1800');
    await setPrice('USDC', '0.99');
    service.runtime.trades.report({
      asset_id: BTC,
      quantity: aQuantity('0.1'),
      at: isoTime(service.clock.now()),
    });
    const nextOverview = async () => {
      service.clock.advanceSeconds(1);
      await service.maker.tick();
      return overview();
    };
    await expect.poll(nextOverview).toMatchObject({ total_volume_24h_usd: 5500 });
    expect(await overview()).toEqual({
      asset_count: 3,
      active_count: 2,
      // 0.06 at 55000 and 0.55 at 1800.
      total_market_cap: 4290,
      total_volume_24h_usd: 5500,
      top_gainers: [
        {
          asset_id: 'BTC',
          symbol: 'BTC',
          name: 'Bitcoin',
          current_price: '55000',
          price_change_percentage_24h: 10,
        },
      ],
      // Assets that are closed for trading are not movers.
      top_losers: [
        {
          asset_id: 'USDC',
          symbol: 'USDC',
          name: 'USDC',
          current_price: '0.99',
          price_change_percentage_24h: -1,
        },
      ],
      by_category: [
        // Ten parts of +10 % and three of -10 %.
        { category: 'cryptocurrency', asset_count: 2, market_cap: 4290, change_percentage_24h: 5.38 },
        { category: 'stablecoin', asset_count: 1, market_cap: 0, change_percentage_24h: null },
      ],
      updated_at: '2026-03-01T09:00:01.000Z',
    });
  });

  test('lists at most five gainers and losers, the largest first', async () => {
    for (let i = 1; i <= 14; i++) {
      const asset = anAsset({ asset_id: `A${i}`, current_price: '100' });
      await service.dao.createAsset(asset);
    }
    service.clock.advanceSeconds(1);
    await service.maker.tick();
    for (let i = 1; i <= 14; i++) await setPrice(`A${i}`, String(93 + i));
    const { top_gainers, top_losers } = await overview();
    const idsOf = (movers: unknown) => (movers as { asset_id: string }[]).map(({ asset_id }) => asset_id);
    expect(idsOf(top_gainers)).toEqual(['A14', 'A13', 'A12', 'A11', 'A10']);
    expect(idsOf(top_losers)).toEqual(['A1', 'A2', 'A3', 'A4', 'A5']);
  });
});

describe('live prices', () => {
  test('are in the list and in the single asset, with the statistics of 24 hours, and stored', async () => {
    expect((await setPrice('BTC', '49000')).json()).toMatchObject({ data: { current_price: '49000' } });
    await setPrice('BTC', '52500.5');
    const expected = {
      asset_id: 'BTC',
      current_price: '52500.5',
      price_usd: 52500.5,
      market_cap: 3150.03,
      price_change_24h: 2500.5,
      price_change_percentage_24h: 5,
      high_24h: 52500.5,
      low_24h: 49000,
      volume_24h: 0,
    };
    service.clock.advanceSeconds(1);
    await service.maker.tick();
    const single = await service.send({ url: '/inventory/assets/BTC' });
    expect(single.json()).toMatchObject({
      data: { ...expected, last_price_update: '2026-03-01T09:00:01.000Z' },
    });
    const list = await service.send({ url: '/inventory/assets' });
    expect(list.json<{ data: object[] }>().data).toContainEqual(expect.objectContaining(expected));
    // As a separate process, the service stores a price before it shows it.
    expect(await service.dao.getAsset(BTC)).toMatchObject({ price_change_24h: '2500.5' });
  });

  test('change the market cap at once', async () => {
    const answer = await setPrice('BTC', '49000');
    expect(answer.json()).toMatchObject({ data: { current_price: '49000', market_cap: 2940 } });
    const unchanged = await service.send({ url: '/inventory/assets/ETH' });
    expect(unchanged.json()).toMatchObject({ data: { market_cap: 1100 } });
    const list = await service.send({ url: '/inventory/assets?sort_by=market_cap&sort_order=desc' });
    expect(list.json()).toMatchObject({
      data: [
        { asset_id: 'BTC', market_cap: 2940 },
        { asset_id: 'USDC', market_cap: null },
      ],
    });
  });

  test('have statistics of exactly 24 hours', async () => {
    await setPrice('BTC', '90000');
    for (let hour = 0; hour < 23; hour++) {
      service.clock.advanceSeconds(3_600);
      await service.maker.tick();
    }
    // The administrator's session has expired.
    const at = isoTime(service.clock.now());
    const change = { current_price: aPrice('60000'), updated_at: at, last_price_update: at };
    service.maker.market.priceSet(await service.dao.updateAsset(BTC, () => change));
    const asset = async () =>
      (await service.send({ url: '/inventory/assets/BTC' })).json<{ data: object }>().data;
    expect(await asset()).toMatchObject({ price_change_24h: 10000, high_24h: 90000, low_24h: 50000 });
    for (let hour = 0; hour < 2; hour++) {
      service.clock.advanceSeconds(3_600);
      await service.maker.tick();
    }
    expect(await asset()).toMatchObject({ price_change_24h: -30000, high_24h: 90000, low_24h: 60000 });
    for (let hour = 0; hour < 23; hour++) {
      service.clock.advanceSeconds(3_600);
      await service.maker.tick();
    }
    expect(await asset()).toMatchObject({ price_change_24h: 0, high_24h: 60000, low_24h: 60000 });
  });
});
