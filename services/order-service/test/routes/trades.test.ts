import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { startOrderService } from '../order-service-under-test.ts';
import type { Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

interface TradePage {
  readonly data: readonly AssetTransaction[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());

/** Buys assets in turn, one per second, and returns the ids of the orders, newest first. */
async function tradeInTurn(trader: Trader, assets: readonly string[]): Promise<string[]> {
  const orders: string[] = [];
  for (const asset_id of assets) {
    const quantity = asset_id === 'DOGE' ? '1' : '0.0001';
    orders.unshift((await trader.placed({ asset_id, order_type: 'market_buy', quantity })).order_id);
    service.clock.advanceSeconds(1);
    service.refreshPrices();
  }
  return orders;
}

async function pagesOf(trader: Trader, query: string): Promise<TradePage[]> {
  const pages: TradePage[] = [];
  let cursor = '';
  do {
    const page: TradePage = (await trader.get(`/trades?${query}${cursor}`)).json<TradePage>();
    pages.push(page);
    cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
  } while (cursor !== '' && pages.length < 100);
  return pages;
}

describe('the list of trades of all assets', () => {
  it('is newest first over all assets and pages without gaps or repeats', async () => {
    const ann = await createTrader(service, '1000');
    const orders = await tradeInTurn(
      ann,
      Array.from({ length: 30 }, (_, position) => (position % 5 === 0 ? 'DOGE' : 'BTC')),
    );
    for (const limit of [1, 7, 29, 30, 31]) {
      const pages = await pagesOf(ann, `limit=${limit}`);
      expect(pages.flatMap(({ data }) => data.map(({ order_id }) => order_id))).toEqual(orders);
      expect(pages).toHaveLength(Math.ceil(orders.length / limit));
      expect(pages.map(({ has_more }) => has_more)).toEqual(pages.map((_, at) => at < pages.length - 1));
    }
  });

  it('shows a period, trades of emptied positions, and none of other users', async () => {
    const [ben, cleo] = [await createTrader(service, '1000'), await createTrader(service, '1000')];
    await tradeInTurn(cleo, ['BTC']);
    await tradeInTurn(ben, ['BTC']);
    await ben.placed({ asset_id: 'BTC', order_type: 'market_sell', quantity: 'max' });
    const middle = service.clock.now().toISOString();
    service.clock.advanceSeconds(1);
    service.refreshPrices();
    const [later] = await tradeInTurn(ben, ['DOGE']);
    const all = (await ben.get('/trades')).json<TradePage>();
    expect(all.data.map(({ asset_id, transaction_type }) => [asset_id, transaction_type])).toEqual([
      ['DOGE', 'buy'],
      ['BTC', 'sell'],
      ['BTC', 'buy'],
    ]);
    expect(all).toMatchObject({ has_more: false, next_cursor: null });
    const since = (await ben.get(`/trades?start_date=${middle}`)).json<TradePage>();
    expect(since.data.map(({ order_id }) => order_id)).toContain(later);
    const until = (await ben.get(`/trades?end_date=${middle}`)).json<TradePage>();
    expect(until.data.map(({ asset_id }) => asset_id)).toEqual(['BTC', 'BTC']);
    expect((await (await createTrader(service)).get('/trades')).json<TradePage>().data).toEqual([]);
  });

  it('exports CSV', async () => {
    const dan = await createTrader(service, '1000');
    const [second, first] = await tradeInTurn(dan, ['BTC', 'DOGE']);
    const { body, headers } = await dan.get('/trades/export');
    expect(headers['content-disposition']).toMatch(/filename="cnop-trades-[\d-]{10}\.csv"/);
    const [header, ...rows] = body.trimEnd().split('\r\n');
    expect(header).toBe(
      'transaction_id,timestamp,asset_id,transaction_type,quantity,price,total_amount,fees,realized_pnl,order_id,status,counterpart,direction,cost',
    );
    expect(rows.map((row) => row.split(',')[9])).toEqual([second, first]);
    expect((await dan.get('/trades/export?bom=1')).body.charCodeAt(0)).toBe(0xfeff);
  });
});

describe('the list of trades of one asset', () => {
  it('answers 404 for an unknown asset', async () => {
    const eve = await createTrader(service);
    expect((await eve.get('/assets/NOSUCH/transactions')).statusCode).toBe(404);
    expect((await eve.get('/assets/BTC/transactions')).json<TradePage>().data).toEqual([]);
  });
});
