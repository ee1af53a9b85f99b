import { assetBalanceRecord, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import { createQuoteBoard } from '@cnop/common/market/market-data';
import { anAssetId } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrderDependencies } from '../../src/use-cases/dependencies.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { startOrderService } from '../order-service-under-test.ts';
import type { ListAnswer, OrderAnswer, ProblemAnswer } from '../trader.ts';
import { createTrader } from '../trader.ts';

const BTC = anAssetId('BTC');

interface TradesAnswer {
  readonly data: readonly Pick<AssetTransaction, 'transaction_type' | 'realized_pnl'>[];
}

const FIRST_PAGE = { limit: 100, offset: 0, after: undefined };

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());

const trader = (usd?: string) => createTrader(service, usd);

const buy = (quantity: unknown, asset = 'BTC') => ({ asset_id: asset, order_type: 'market_buy', quantity });
const sell = (quantity: unknown, asset = 'BTC') => ({ asset_id: asset, order_type: 'market_sell', quantity });

describe('a market buy', () => {
  it('debits the cash, credits the units and returns the completed order', async () => {
    const alice = await trader('1000');
    const response = await alice.place(buy('0.01'));
    expect(response.statusCode).toBe(201);
    const order = response.json<OrderAnswer>().data;
    expect(order).toMatchObject({
      username: alice.username,
      asset_id: 'BTC',
      order_type: 'market_buy',
      status: 'completed',
      quantity: '0.01',
      price: '50000.00',
      total_amount: '500.00',
      fees: '0.00',
    });
    expect(order.history.map((step: { status: string }) => step.status)).toEqual([
      'pending',
      'confirmed',
      'processing',
      'completed',
    ]);
    expect(await alice.cash()).toBe('500.00');
    expect(await alice.holding('BTC')).toMatchObject({ quantity: '0.01', total_invested: '500.00' });
    const ledger = await createBalanceDao(service.runtime.store).getUserTransactions(
      alice.username,
      FIRST_PAGE,
    );
    expect(ledger.items[0]).toMatchObject({
      transaction_type: 'order_payment',
      direction: 'debit',
      amount: '500.00',
      reference_id: order.order_id,
      sequence: 2,
    });
    const trades = await createAssetTransactionDao(service.runtime.store).getUserAssetTransactions(
      alice.username,
      BTC,
      FIRST_PAGE,
    );
    expect(trades.items).toHaveLength(1);
    expect(trades.items[0]).toMatchObject({ transaction_type: 'buy', order_id: order.order_id });
    expect(await createOrderDao(service.runtime.store).getOrder(order.order_id)).toEqual(order);
  });

  it('rounds a total below a cent up', async () => {
    const bob = await trader('1');
    const response = await bob.place(buy('0.0001', 'DOGE'));
    expect(response.json<OrderAnswer>().data.total_amount).toBe('0.01');
    expect(await bob.cash()).toBe('0.99');
  });

  it('parses a JSON number exactly', async () => {
    const carol = await trader('100');
    const response = await service.app.inject({
      method: 'POST',
      url: '/orders',
      headers: { ...carol.headers, 'content-type': 'application/json' },
      payload: '{"asset_id":"btc","order_type":"market_buy","quantity":0.00012345}',
    });
    expect(response.json<OrderAnswer>().data).toMatchObject({
      asset_id: 'BTC',
      quantity: '0.00012345',
      total_amount: '6.18',
    });
  });

  it('is refused with the missing amount when the cash does not cover it', async () => {
    const dave = await trader('499.99');
    const response = await dave.place(buy('0.01'));
    expect(response.statusCode).toBe(422);
    expect(response.json<ProblemAnswer>()).toMatchObject({
      code: 'BUS_001',
      available: '499.99',
      required: '500.00',
    });
    expect(await dave.cash()).toBe('499.99');
    expect((await dave.get('/orders')).json<ListAnswer>().data).toEqual([]);
  });
});

describe('a market sale', () => {
  it('credits the cash, rounded down, and keeps the share of the cost of the remaining units', async () => {
    const erin = await trader('1000');
    await erin.place(buy('0.02'));
    const response = await erin.place(sell('0.00500001'));
    expect(response.statusCode).toBe(201);
    expect(response.json<OrderAnswer>().data).toMatchObject({
      order_type: 'market_sell',
      total_amount: '250.00',
    });
    expect(await erin.cash()).toBe('250.00');
    expect(await erin.holding('BTC')).toMatchObject({ quantity: '0.01499999', total_invested: '749.99' });
  });

  it('records its realized gain in position and trade', async () => {
    const ida = await trader('1000');
    await ida.place(buy('0.01'));
    service.setPrice('BTC', '60000.00');
    await ida.place(sell('0.004'));
    service.setPrice('BTC', '30000.00');
    await ida.place(sell('0.001'));
    service.setPrice('BTC', '50000.00');
    // 240.00 for units that cost 200.00, then 30.00 for what cost 50.00.
    expect(await ida.holding('BTC')).toMatchObject({ total_invested: '250.00', realized_pnl: '20.00' });
    const trades = (await ida.get('/assets/BTC/transactions')).json<TradesAnswer>().data;
    expect(trades.map(({ realized_pnl }) => realized_pnl)).toEqual(['-20.00', '40.00', null]);
    expect((await ida.funds()).trades.map(({ realized_pnl }) => realized_pnl)).toEqual([
      '-20.00',
      '40.00',
      null,
    ]);
  });

  it('adds to a position stored before gains were recorded', async () => {
    const hal = await trader('1000');
    await hal.place(buy('0.01'));
    const { store } = service.runtime;
    const key = assetBalanceRecord.key({ username: hal.username, asset_id: BTC });
    await store.transact({ holding: key }, ({ holding }) => {
      if (!holding) throw new Error('there is no holding');
      const { realized_pnl: _untold, ...attributes } = holding.attributes;
      const indexes = { AssetIndex: { pk: 'BTC', sk: hal.username } };
      return { writes: [{ kind: 'replace', key, attributes, indexes }], result: undefined };
    });
    await hal.place(sell('0.01'));
    expect(await hal.holding('BTC')).toMatchObject({ quantity: '0', realized_pnl: '0.00' });
  });

  it('of everything leaves an empty position', async () => {
    const frank = await trader('500');
    await frank.place(buy('0.01'));
    await frank.place(sell('0.01'));
    expect(await frank.cash()).toBe('500.00');
    expect(await frank.holding('BTC')).toMatchObject({ quantity: '0', total_invested: '0.00' });
  });

  it.each([
    ['of what was never held', 'DOGE', '1', '0'],
    ['of more than is held', 'BTC', '0.02', '0.01'],
  ])('%s is refused', async (_case, asset, quantity, available) => {
    const grace = await trader('500');
    await grace.place(buy('0.01'));
    const response = await grace.place(sell(quantity, asset));
    expect(response.statusCode).toBe(422);
    expect(response.json<ProblemAnswer>()).toMatchObject({ code: 'BUS_001', available, required: quantity });
    expect(await grace.cash()).toBe('0.00');
  });

  it('is refused when it would bring less than a cent', async () => {
    const heidi = await trader('1');
    await heidi.place(buy('0.01', 'DOGE'));
    const response = await heidi.place(sell('0.01', 'DOGE'));
    expect(response.statusCode).toBe(422);
    expect(response.json<ProblemAnswer>().code).toBe('BUS_002');
    expect(await heidi.holding('DOGE')).toMatchObject({ quantity: '0.01' });
  });
});

describe('a changed fee or spread', () => {
  it('applies from the next order on', async () => {
    const alice = await trader('10000');
    await service.changeAsset('BTC', { spread_bps: 200, fee_bps: 100 });
    try {
      const bought = (await alice.place(buy('0.1'))).json<OrderAnswer>().data;
      expect(bought).toMatchObject({ price: '50500', fees: '50.50' });
      const sold = (await alice.place(sell('0.1'))).json<OrderAnswer>().data;
      expect(sold).toMatchObject({ price: '49500', fees: '49.50' });
    } finally {
      await service.changeAsset('BTC', { spread_bps: 0, fee_bps: 0 });
    }
  });

  it('applies at once in a process without a market maker', async () => {
    const quotes = createQuoteBoard();
    const { quoteFor } = createOrderDependencies({ ...service.runtime, quotes, maxQuoteAgeSeconds: 15 });
    const asset = await createAssetDao(service.runtime.store).getAsset(BTC);
    if (!asset) throw new Error('there is no BTC');
    quotes.publish([storedQuoteOf(asset)]);
    const edited = { ...asset, spread_bps: 200 };
    expect(quoteFor(BTC, asset)).toMatchObject({ bid: asset.current_price });
    expect(quoteFor(BTC, edited)).toMatchObject({ bid: '49500', ask: '50500' });
  });
});
