import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { aUsername } from '@cnop/testing/builders/brands';
import { aUser } from '@cnop/testing/builders/user';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { startOrderService } from '../order-service-under-test.ts';
import type { ListAnswer, ProblemAnswer } from '../trader.ts';
import { createTrader } from '../trader.ts';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());

const trader = (usd?: string) => createTrader(service, usd);

const buy = (quantity: unknown, asset = 'BTC') => ({ asset_id: asset, order_type: 'market_buy', quantity });
const sell = (quantity: unknown, asset = 'BTC') => ({ asset_id: asset, order_type: 'market_sell', quantity });

describe('the list of orders', () => {
  it('is newest first and pages without gaps or repeats, by cursor and by offset', async () => {
    const uma = await trader('1000');
    for (let i = 0; i < 5; i++) await uma.place(buy('0.0001'));
    const all = (await uma.get('/orders')).json<ListAnswer>();
    const ids = all.data.map((order: { order_id: string }) => order.order_id);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(all).toMatchObject({ has_more: false, next_cursor: null });

    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: ListAnswer = (
        await uma.get(`/orders?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      ).json<ListAnswer>();
      paged.push(...page.data.map((order) => order.order_id));
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(ids);
    const offset = (await uma.get('/orders?limit=2&offset=3')).json<ListAnswer>();
    expect(offset.data.map((order: { order_id: string }) => order.order_id)).toEqual(ids.slice(3));
  });

  it('is read by staff with the same filters, and by no other user', async () => {
    const ulf = await trader('1000');
    const users = createUserDao(service.runtime.store);
    for (const username of [ulf.username, aUsername('list_reader')])
      await users.createUser(aUser({ username, email: `${username}@example.com` }));
    await ulf.place(buy('0.0001'));
    await ulf.place(sell('0.0001'));
    const path = `/admin/users/${ulf.username}/orders`;
    const read = async (headers: Record<string, string>, query = '') =>
      service.app.inject({ method: 'GET', url: `${path}${query}`, headers });
    const moderator = await service.runtime.signIn(aUsername('list_reader'), 'moderator');
    const all = (await read(moderator)).json<ListAnswer>();
    expect(all.data).toHaveLength(2);
    expect(all).toEqual((await ulf.get('/orders')).json<ListAnswer>());
    expect((await read(moderator, '?side=sell')).json<ListAnswer>().data).toEqual([all.data[0]]);
    expect((await read(ulf.headers)).statusCode).toBe(403);
    const absent = { method: 'GET', url: '/admin/users/absent/orders', headers: moderator } as const;
    expect((await service.app.inject(absent)).statusCode).toBe(404);
    const { next_cursor } = (await read(moderator, '?limit=1')).json<ListAnswer>();
    const foreign = `/admin/users/list_reader/orders?limit=1&cursor=${next_cursor}`;
    expect((await service.app.inject({ method: 'GET', url: foreign, headers: moderator })).statusCode).toBe(
      400,
    );
  });

  it('shows only orders that match the filter', async () => {
    const vera = await trader('1000');
    await vera.place(buy('0.0001'));
    await vera.place(buy('1', 'DOGE'));
    await vera.place(sell('0.0001'));
    const types = async (query: string) =>
      (await vera.get(`/orders?${query}`))
        .json<ListAnswer>()
        .data.map((order: { order_type: string; asset_id: string }) =>
          [order.asset_id, order.order_type].join(' '),
        );
    expect(await types('asset_id=doge')).toEqual(['DOGE market_buy']);
    expect(await types('order_type=market_sell')).toEqual(['BTC market_sell']);
    expect(await types('status=queued')).toEqual([]);
    expect(await types('asset_id=BTC&order_type=market_buy')).toEqual(['BTC market_buy']);
    const today = service.clock.now().toISOString().slice(0, 10);
    expect(await types(`start_date=${today}&end_date=${today}`)).toHaveLength(3);
    expect(await types('end_date=2020-01-01')).toEqual([]);
    expect(await types(`asset_id=BTC&start_date=${today}`)).toHaveLength(2);
  });

  it('combines statuses, a side, a client_order_id and the time of the last change', async () => {
    const wanda = await trader('1000');
    await wanda.place({ ...buy('0.0001'), client_order_id: 'first-buy' });
    await wanda.place(sell('0.0001'));
    const open = await wanda.placed({
      asset_id: 'BTC',
      order_type: 'limit_buy',
      quantity: '0.001',
      price: '100',
      client_order_id: 'bargain',
    });
    const names = async (query: string) =>
      (await wanda.get(`/orders?${query}`))
        .json<ListAnswer>()
        .data.map(({ order_type, status }) => `${order_type} ${status}`);
    expect(await names('side=buy')).toEqual(['limit_buy queued', 'market_buy completed']);
    expect(await names('side=sell')).toEqual(['market_sell completed']);
    expect(await names('side=sell&order_type=limit_buy')).toEqual([]);
    expect(await names('status=queued&status=cancelled')).toEqual(['limit_buy queued']);
    expect(await names('status=completed,queued&side=buy')).toHaveLength(2);
    expect(await names('client_order_id=bargain')).toEqual(['limit_buy queued']);
    expect(await names('client_order_id=bargain&status=completed')).toEqual([]);
    expect(await names('client_order_id=nothing')).toEqual([]);
    // The client_order_id of another user does not match.
    const other = await trader();
    expect((await other.get('/orders?client_order_id=bargain')).json<ListAnswer>().data).toEqual([]);

    const before = service.clock.now().toISOString();
    expect(await names(`updated_after=${before}`)).toEqual([]);
    service.clock.advanceSeconds(1);
    await wanda.cancel(open.order_id);
    expect(await names(`updated_after=${before}`)).toEqual(['limit_buy cancelled']);
  });

  it('has no more pages after the last match', async () => {
    const xavier = await trader('1000');
    for (let i = 0; i < 3; i++) await xavier.place(buy('0.0001'));
    await xavier.place(sell('0.0001'));
    await xavier.place(buy('1', 'DOGE'));
    // Two orders match; those after the second do not.
    for (const query of ['side=sell&limit=1', 'asset_id=DOGE&limit=1', 'side=buy&limit=4', 'limit=5']) {
      const page = (await xavier.get(`/orders?${query}`)).json<ListAnswer>();
      expect([query, page.has_more, page.next_cursor]).toEqual([query, false, null]);
    }
    expect((await xavier.get('/orders?side=buy&limit=3')).json<ListAnswer>().has_more).toBe(true);
  });

  it('exports CSV without formulas', async () => {
    const yuri = await trader('1000');
    await yuri.place({ ...buy('0.0001'), description: '=HYPERLINK("http://x","y")' });
    await yuri.place({ ...sell('0.0001'), description: '＋1, a full-width plus' });
    const answer = await yuri.get('/orders/export?side=buy');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toMatch(
      /^attachment; filename="cnop-orders-[\d-]{10}\.csv"$/,
    );
    const [header, row, end, ...rest] = answer.body.split('\r\n');
    expect(header?.split(',').slice(0, 8)).toEqual([
      'order_id',
      'client_order_id',
      'created_at',
      'updated_at',
      'asset_id',
      'order_type',
      'side',
      'status',
    ]);
    expect(row).toContain(',BTC,market_buy,buy,completed,0.0001,');
    expect(row).toMatch(/,"'=HYPERLINK\(""http:\/\/x"",""y""\)"$/);
    expect([end, rest]).toEqual(['', []]);
    const withMark = (await yuri.get('/orders/export?bom=1')).body;
    expect(withMark.startsWith('\uFEFForder_id,')).toBe(true);
    expect(withMark).toContain(`"'＋1, a full-width plus"`);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=x', 'limit'],
    ['offset=1001', 'offset'],
    ['status=unknown', 'status'],
    ['start_date=yesterday', 'start_date'],
    ['asset_id=!', 'asset_id'],
    ['nonsense=1', 'nonsense'],
  ])('refuses %s and names the field', async (query, field) => {
    const walt = await trader();
    const response = await walt.get(`/orders?${query}`);
    expect(response.statusCode).toBe(422);
    expect(response.json<ProblemAnswer>().errors?.map((error) => error.field)).toEqual([field]);
  });

  it('refuses a malformed cursor and a cursor of another filter', async () => {
    const xena = await trader('1000');
    for (let i = 0; i < 2; i++) await xena.place(buy('0.0001'));
    const { next_cursor } = (await xena.get('/orders?limit=1')).json<ListAnswer>();
    expect((await xena.get(`/orders?limit=1&cursor=${next_cursor}`)).statusCode).toBe(200);
    expect((await xena.get(`/orders?limit=1&asset_id=BTC&cursor=${next_cursor}`)).statusCode).toBe(400);
    expect((await xena.get('/orders?cursor=nonsense')).statusCode).toBe(400);
  });
});
