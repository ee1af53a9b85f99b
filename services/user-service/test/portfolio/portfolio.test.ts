import type { IsoTime, Price } from '@cnop/common/core/brands';
import { decimal, formatQuantity, formatUsd } from '@cnop/common/core/money';
import { assetBalanceRecord } from '@cnop/common/dao/asset/position-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import { aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { anAssetId, aPrice, aQuantity, aTime, aUsd, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { fieldErrors, startUserService } from '../user-service-under-test.ts';

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
  const assets = createAssetDao(service.store);
  await assets.createAsset(anAsset({ asset_id: 'BTC', name: 'Bitcoin', current_price: '50000.00' }));
  await assets.createAsset(anAsset({ asset_id: 'DOGE', current_price: '0.123456', price_scale: 6 }));
  await assets.createAsset(anAsset({ asset_id: 'ONE', current_price: '1.00' }));
});
afterAll(() => service.stop());

let people = 0;
async function holder(holdings: readonly Partial<StoredAssetBalance>[], usd?: string) {
  people += 1;
  const username = aUsername(`holder${people}`);
  const headers = await service.signedIn(username);
  if (usd !== undefined) await service.runtime.fund(username, usd);
  const writes = holdings.map((holding) =>
    assetBalanceRecord.create(aStoredAssetBalance({ ...holding, username })),
  );
  await service.store.transact({}, () => ({ writes, result: undefined }));
  return { username, get: (path: string) => service.call('GET', path, { headers }) };
}

const BTC = {
  asset_id: anAssetId('BTC'),
  quantity: aQuantity('0.5'),
  average_purchase_price: aPrice('40000'),
  total_invested: aUsd('20000.00'),
  realized_pnl: aUsd('-12.34'),
};
const DOGE = {
  asset_id: anAssetId('DOGE'),
  quantity: aQuantity('1.5'),
  average_purchase_price: aPrice('0.2'),
  total_invested: aUsd('0.30'),
};
const SOLD_OUT = {
  asset_id: anAssetId('ONE'),
  quantity: aQuantity('0'),
  average_purchase_price: aPrice('1'),
  total_invested: aUsd('0.00'),
  realized_pnl: aUsd('100.00'),
};

describe('one position', () => {
  it('is shown at the current price, with price and value as numbers', async () => {
    const { get } = await holder([BTC]);
    const answer = await get('/balance/asset/btc');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      asset_id: 'BTC',
      asset_name: 'Bitcoin',
      quantity: '0.5',
      held_quantity: '0',
      available_quantity: '0.5',
      average_purchase_price: '40000',
      total_invested: '20000.00',
      current_price: 50_000,
      total_value: 25_000,
      unrealized_pnl: '5000.00',
      realized_pnl: '-12.34',
      created_at: '2026-01-15T12:00:00.000Z',
      updated_at: '2026-01-15T12:00:00.000Z',
    });
  });

  it('is valued at its proceeds, rounded down, and may show a loss', async () => {
    const { get } = await holder([DOGE]);
    // 1.5 x 0.123456 = 0.185184
    expect((await get('/balance/asset/DOGE')).body).toMatchObject({
      total_value: 0.18,
      unrealized_pnl: '-0.12',
    });
  });

  it('shows the units held for open orders', async () => {
    const { get } = await holder([{ ...BTC, held_quantity: aQuantity('0.20000001') }]);
    const reserved = { quantity: '0.5', held_quantity: '0.20000001', available_quantity: '0.29999999' };
    expect((await get('/balance/asset/BTC')).body).toMatchObject(reserved);
    expect((await get('/balance/assets')).body.data).toMatchObject([reserved]);
  });

  it('is still found after it was closed, and not found when it never existed', async () => {
    const { get } = await holder([SOLD_OUT]);
    expect((await get('/balance/asset/ONE')).body).toMatchObject({ quantity: '0', total_value: 0 });
    expect(await get('/balance/asset/BTC')).toMatchObject({ status: 404, body: { code: 'RES_001' } });
    expect(await get('/balance/asset/NOPE')).toMatchObject({ status: 404, body: { code: 'RES_001' } });
  });

  it('of another user is not found', async () => {
    await holder([BTC]);
    const { get } = await holder([]);
    expect((await get('/balance/asset/BTC')).status).toBe(404);
  });

  it.each([['ABCDEFGHIJKLM'], ['BTC!'], ['%20']])('with the malformed id %s is refused', async (id) => {
    const { get } = await holder([]);
    const answer = await get(`/balance/asset/${id}`);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toHaveProperty('asset_id');
  });
});

describe('all positions', () => {
  it('are listed by asset id', async () => {
    const { get } = await holder([DOGE, SOLD_OUT, BTC]);
    const answer = await get('/balance/assets');
    expect(answer.status).toBe(200);
    expect(answer.body.data.map(({ asset_id }) => asset_id)).toEqual(['BTC', 'DOGE', 'ONE']);
    expect(answer.body.data[0]).toMatchObject({ asset_name: 'Bitcoin', total_value: 25_000 });
  });

  it('are empty for a user who never traded', async () => {
    const { get } = await holder([]);
    expect(await get('/balance/assets')).toMatchObject({ status: 200, body: { data: [] } });
  });
});

describe('the portfolio', () => {
  it('sums up cash and open positions, and counts closed ones only for the realised gain', async () => {
    const { username, get } = await holder([BTC, DOGE, SOLD_OUT], '24999.82');
    const answer = await get('/portfolio');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      username,
      usd_balance: '24999.82',
      total_asset_value: '25000.18',
      total_portfolio_value: '50000.00',
      total_invested: '20000.30',
      unrealized_pnl: '4999.88',
      realized_pnl: '87.66',
      asset_count: 2,
      assets: [
        {
          asset_id: 'BTC',
          quantity: '0.5',
          current_price: '50000.00',
          market_value: '25000.00',
          percentage: '50.00',
          average_purchase_price: '40000',
          total_invested: '20000.00',
          unrealized_pnl: '5000.00',
          realized_pnl: '-12.34',
        },
        {
          asset_id: 'DOGE',
          quantity: '1.5',
          current_price: '0.123456',
          market_value: '0.18',
          percentage: '0.00',
          average_purchase_price: '0.2',
          total_invested: '0.30',
          unrealized_pnl: '-0.12',
          realized_pnl: '0.00',
        },
      ],
      last_updated: service.clock.now().toISOString(),
    });
  });

  it('of a new user is empty', async () => {
    const { get } = await holder([]);
    expect((await get('/portfolio')).body).toMatchObject({
      usd_balance: '0.00',
      total_portfolio_value: '0.00',
      total_invested: '0.00',
      unrealized_pnl: '0.00',
      realized_pnl: '0.00',
      asset_count: 0,
      assets: [],
    });
  });

  it('follows the price', async () => {
    const { get } = await holder([
      { ...SOLD_OUT, asset_id: anAssetId('MOVE'), quantity: aQuantity('3'), total_invested: aUsd('3.00') },
    ]);
    const assets = createAssetDao(service.store);
    await assets.createAsset(anAsset({ asset_id: 'MOVE', current_price: '1.00' }));
    expect((await get('/portfolio')).body).toMatchObject({ total_asset_value: '3.00' });
    await assets.updateAsset(anAssetId('MOVE'), () => ({ current_price: aPrice('2.50') }));
    expect((await get('/portfolio')).body).toMatchObject({ total_asset_value: '7.50' });
  });

  it('conserves money in every read while trades go on', async () => {
    const { username, get } = await holder(
      [{ ...SOLD_OUT, quantity: aQuantity('500'), total_invested: aUsd('500.00') }],
      '500',
    );
    const keys = {
      balance: balanceRecord.key({ username }),
      holding: assetBalanceRecord.key({ username, asset_id: anAssetId('ONE') }),
    };
    // One unit costs one dollar, so trades do not change the total.
    const trade = (units: string) =>
      service.store.transact(keys, (items) => {
        const balance = balanceRecord.readIfPresent(items.balance)!;
        const holding = assetBalanceRecord.readIfPresent(items.holding)!;
        const current_balance = formatUsd(decimal(balance.current_balance).minus(units));
        const quantity = formatQuantity(decimal(holding.quantity).plus(units));
        const writes = [
          balanceRecord.replace({ ...balance, current_balance }),
          assetBalanceRecord.replace({ ...holding, quantity }),
        ];
        return { writes, result: undefined };
      });
    let isTrading = true;
    const trading = (async () => {
      for (let i = 0; isTrading; i += 1) await trade(i % 2 ? '7' : '-7');
    })();
    const totals = new Set<string>();
    for (let i = 0; i < 100; i += 1) totals.add((await get('/portfolio')).body.total_portfolio_value);
    isTrading = false;
    await trading;
    expect([...totals]).toEqual(['1000.00']);
  });
});

describe('a live quote', () => {
  let live: UserServiceUnderTest;
  const AT = aTime('2026-01-15T12:00:00.000Z');
  const quote = (mid: Price, at: IsoTime, seq: number) =>
    live.runtime.quotes.publish([
      {
        asset_id: anAssetId('BTC'),
        bid: aPrice('1'),
        ask: aPrice('99999'),
        mid,
        at,
        source: 'simulated',
        seq,
      },
    ]);

  beforeEach(async () => {
    live = await startUserService();
    const asset = anAsset({ asset_id: 'BTC', current_price: '50000.00', last_price_update: AT });
    await createAssetDao(live.store).createAsset(asset);
  });
  afterEach(() => live.stop());

  async function half() {
    const headers = await live.signedIn('holder');
    const write = assetBalanceRecord.create(aStoredAssetBalance({ ...BTC, username: 'holder' }));
    await live.store.transact({}, () => ({ writes: [write], result: undefined }));
    return async () => ({
      one: (await live.call('GET', '/balance/asset/BTC', { headers })).body,
      all: (await live.call('GET', '/balance/assets', { headers })).body.data,
      portfolio: (await live.call('GET', '/portfolio', { headers })).body,
    });
  }

  it('values positions and portfolio at the mid', async () => {
    const read = await half();
    quote(aPrice('60000.02'), AT, 1);
    const { one, all, portfolio } = await read();
    expect(one).toMatchObject({
      current_price: 60_000.02,
      total_value: 30_000.01,
      unrealized_pnl: '10000.01',
    });
    expect(all).toMatchObject([{ current_price: 60_000.02, total_value: 30_000.01 }]);
    expect(portfolio).toMatchObject({
      total_asset_value: '30000.01',
      assets: [{ current_price: '60000.02', market_value: '30000.01' }],
    });
  });

  it('is ignored when the catalogue has a newer price', async () => {
    const read = await half();
    quote(aPrice('60000.00'), aTime('2026-01-15T11:59:59.999Z'), 1);
    const { one, portfolio } = await read();
    expect(one).toMatchObject({ current_price: 50_000 });
    expect(portfolio).toMatchObject({ total_asset_value: '25000.00' });
  });
});
