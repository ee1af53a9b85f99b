import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import { createAssetTransactionDao } from '@cnop/common/dao/asset/asset-transaction-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import { createQuoteBoard } from '@cnop/common/market/quote-board';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrderDependencies } from '../../src/use-cases/dependencies.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { startOrderService } from '../order-service-under-test.ts';
import type { ListAnswer, OrderAnswer, ProblemAnswer } from '../trader.ts';
import { createTrader } from '../trader.ts';

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
  it('takes the cash, brings the asset and answers with the completed order', async () => {
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
      'BTC',
      FIRST_PAGE,
    );
    expect(trades.items).toHaveLength(1);
    expect(trades.items[0]).toMatchObject({ transaction_type: 'buy', order_id: order.order_id });
    expect(await createOrderDao(service.runtime.store).getOrder(order.order_id)).toEqual(order);
  });

  it('rounds the price of a part of a cent up', async () => {
    const bob = await trader('1');
    const response = await bob.place(buy('0.0001', 'DOGE'));
    expect(response.json<OrderAnswer>().data.total_amount).toBe('0.01');
    expect(await bob.cash()).toBe('0.99');
  });

  it('reads a JSON number exactly', async () => {
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

  it('is refused with what is missing when the cash does not cover it', async () => {
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
  it('brings the cash, rounded down, and leaves the rest of the holding its share of the cost', async () => {
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

  it('realises what it brought beyond the cost of the units, and holding and trades say so', async () => {
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

  it('goes on from a holding that was stored before sales said what they realised', async () => {
    const hal = await trader('1000');
    await hal.place(buy('0.01'));
    const { store } = service.runtime;
    const key = assetBalanceRecord.key({ username: hal.username, asset_id: 'BTC' });
    await store.transact({ holding: key }, ({ holding }) => {
      if (!holding) throw new Error('there is no holding');
      const { realized_pnl: _untold, ...attributes } = holding.attributes;
      const indexes = { AssetIndex: { pk: 'BTC', sk: hal.username } };
      return { writes: [{ kind: 'replace', key, attributes, indexes }], result: undefined };
    });
    await hal.place(sell('0.01'));
    expect(await hal.holding('BTC')).toMatchObject({ quantity: '0', realized_pnl: '0.00' });
  });

  it('of everything leaves nothing', async () => {
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

  it('that would bring less than a cent is refused', async () => {
    const heidi = await trader('1');
    await heidi.place(buy('0.01', 'DOGE'));
    const response = await heidi.place(sell('0.01', 'DOGE'));
    expect(response.statusCode).toBe(422);
    expect(response.json<ProblemAnswer>().code).toBe('BUS_002');
    expect(await heidi.holding('DOGE')).toMatchObject({ quantity: '0.01' });
  });
});

describe('an order that does not fit', () => {
  it.each([
    ['no body', undefined, 422, 'VAL_003', ['body']],
    ['nothing in it', {}, 422, 'VAL_003', ['asset_id', 'order_type', 'quantity']],
    [
      'several bad fields at once',
      { asset_id: '!', order_type: 'x', quantity: '-1' },
      422,
      'VAL_001',
      ['asset_id', 'order_type', 'quantity'],
    ],
    ['an unknown field', { ...buy('1'), role: 'admin' }, 422, 'VAL_001', ['role']],
    ['an asset id of 13 characters', buy('1', 'ABCDEFGHIJKLM'), 422, 'VAL_001', ['asset_id']],
    ['an exponent', buy('1e5'), 422, 'VAL_001', ['quantity']],
    ['a negative zero', buy('-0'), 422, 'VAL_001', ['quantity']],
    ['zero', buy('0.00'), 422, 'VAL_001', ['quantity']],
    ['40 digits', buy('1'.repeat(40)), 422, 'VAL_001', ['quantity']],
    ['19 fraction digits', buy(`0.${'1'.repeat(19)}`), 422, 'VAL_001', ['quantity']],
    ['more fraction digits than the asset has', buy('0.000000001'), 422, 'VAL_001', ['quantity']],
    ['a boolean quantity', buy(true), 422, 'VAL_001', ['quantity']],
    ['a quantity of null', buy(null), 422, 'VAL_001', ['quantity']],
    ['a quantity in a list', buy(['1']), 422, 'VAL_001', ['quantity']],
    ['a price on a market order', { ...buy('0.01'), price: '50000' }, 422, 'VAL_001', ['price']],
    ['a control character', { ...buy('0.01'), description: 'a\u0000b' }, 422, 'VAL_001', ['description']],
    ['an asset that is suspended', buy('1', 'ETH'), 422, 'BUS_003', ['asset_id']],
    ['an asset that does not exist', buy('1', 'NOPE'), 404, 'RES_001', undefined],
  ])('because of %s is refused by name and leaves no trace', async (...[, payload, status, code, fields]) => {
    const ivan = await trader('1000');
    const response = await ivan.place(payload);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    const problem = response.json<ProblemAnswer>();
    expect(problem.code).toBe(code);
    expect(problem.errors?.map((error) => error.field)).toEqual(fields);
    expect(await ivan.cash()).toBe('1000.00');
    expect((await ivan.get('/orders')).json<ListAnswer>().data).toEqual([]);
  });

  it.each([
    ['broken JSON', '{"asset_id":', 'application/json', 400],
    ['a repeated key', '{"quantity":"1","quantity":"1"}', 'application/json', 400],
    ['a key that reaches for the prototype', '{"__proto__":{"x":1}}', 'application/json', 400],
    ['65 KiB', `{"description":"${'x'.repeat(65 * 1024)}"}`, 'application/json', 413],
    ['another media type', 'asset_id=BTC', 'text/plain', 415],
  ])('because of %s cannot be read', async (_case, payload, type, status) => {
    const kim = await trader('1000');
    const response = await service.app.inject({
      method: 'POST',
      url: '/orders',
      headers: { ...kim.headers, 'content-type': type },
      payload,
    });
    expect(response.statusCode).toBe(status);
    expect(response.json<ProblemAnswer>().code).toBe('VAL_002');
    expect(await kim.cash()).toBe('1000.00');
  });
});

describe('an Idempotency-Key', () => {
  it('makes a retry get the first answer, byte for byte, and no second order', async () => {
    const lea = await trader('1000');
    const first = await lea.place(buy('0.01'), { 'idempotency-key': '"key-1"' });
    const second = await lea.place(buy('0.010'.slice(0, 4)), { 'idempotency-key': 'key-1' });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.statusCode).toBe(201);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.body).toBe(first.body);
    expect(await lea.cash()).toBe('500.00');
  });

  it('with another body is refused', async () => {
    const mia = await trader('1000');
    await mia.place(buy('0.01'), { 'idempotency-key': 'k' });
    const response = await mia.place(buy('0.005'), { 'idempotency-key': 'k' });
    expect(response.statusCode).toBe(422);
    expect(response.json<ProblemAnswer>().errors?.[0]).toMatchObject({
      field: 'Idempotency-Key',
      code: 'key_reused',
    });
    expect(await mia.cash()).toBe('500.00');
  });

  it('belongs to one user: the same key of another is another order', async () => {
    const [nina, oscar] = [await trader('1000'), await trader('1000')];
    const first = await nina.place(buy('0.01'), { 'idempotency-key': 'same' });
    const second = await oscar.place(buy('0.01'), { 'idempotency-key': 'same' });
    expect(second.headers['idempotency-replayed']).toBeUndefined();
    expect(second.json<OrderAnswer>().data.order_id).not.toBe(first.json<OrderAnswer>().data.order_id);
  });

  it.each([
    ['empty', '""'],
    ['too long', 'x'.repeat(129)],
    ['not printable', 'caf\u00e9'],
  ])('that is %s is refused', async (_case, key) => {
    const paul = await trader('1000');
    const response = await paul.place(buy('0.01'), { 'idempotency-key': key });
    expect(response.statusCode).toBe(422);
    expect(await paul.cash()).toBe('1000.00');
  });

  it('of a refused order is free again', async () => {
    const quinn = await trader('100');
    expect((await quinn.place(buy('0.01'), { 'idempotency-key': 'k' })).statusCode).toBe(422);
    await service.runtime.fund(quinn.username, '900');
    expect((await quinn.place(buy('0.01'), { 'idempotency-key': 'k' })).statusCode).toBe(201);
  });
});

describe('at the same time', () => {
  it('200 affordable orders of one user all succeed', async () => {
    const rose = await trader('1000');
    const responses = await Promise.all(Array.from({ length: 200 }, () => rose.place(buy('0.0001'))));
    expect(responses.map((response) => response.statusCode)).toEqual(Array(200).fill(201));
    expect(await rose.cash()).toBe('0.00');
    expect(await rose.holding('BTC')).toMatchObject({ quantity: '0.02' });
  });

  it('of 50 orders where the cash covers 25 exactly 25 succeed', async () => {
    const sam = await trader('125');
    const responses = await Promise.all(Array.from({ length: 50 }, () => sam.place(buy('0.0001'))));
    expect(responses.filter((response) => response.statusCode === 201)).toHaveLength(25);
    expect(responses.filter((response) => response.json<ProblemAnswer>().code === 'BUS_001')).toHaveLength(
      25,
    );
    expect(await sam.cash()).toBe('0.00');
  });

  it('100 keys sent 10 times each make 100 orders and equal answers', async () => {
    const tina = await trader('1000');
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
    const copies = keys.flatMap((key) => Array.from({ length: 10 }, () => key));
    const responses = await Promise.all(
      copies.map((key) => tina.place(buy('0.0001'), { 'idempotency-key': key })),
    );
    expect(new Set(responses.map((response) => response.statusCode))).toEqual(new Set([201]));
    const bodies = new Map(copies.map((key, index) => [key, responses[index]?.body]));
    expect(responses.every((response, index) => response.body === bodies.get(copies[index] ?? ''))).toBe(
      true,
    );
    expect(new Set(bodies.values()).size).toBe(100);
    expect(await tina.cash()).toBe('500.00');
  });
});

describe('the list of orders', () => {
  it('is newest first and pages without loss or repeat, by cursor and by offset', async () => {
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

  it('shows only what the filter asks for', async () => {
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

  it('combines statuses, a side, a name and the time of the last change', async () => {
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
    // What another user called its order is not shown.
    const other = await trader();
    expect((await other.get('/orders?client_order_id=bargain')).json<ListAnswer>().data).toEqual([]);

    const before = service.clock.now().toISOString();
    expect(await names(`updated_after=${before}`)).toEqual([]);
    service.clock.advanceSeconds(1);
    await wanda.cancel(open.order_id);
    expect(await names(`updated_after=${before}`)).toEqual(['limit_buy cancelled']);
  });

  it('never says that more follows when nothing does', async () => {
    const xavier = await trader('1000');
    for (let i = 0; i < 3; i++) await xavier.place(buy('0.0001'));
    await xavier.place(sell('0.0001'));
    await xavier.place(buy('1', 'DOGE'));
    // Two match, and behind the second nothing but what does not.
    for (const query of ['side=sell&limit=1', 'asset_id=DOGE&limit=1', 'side=buy&limit=4', 'limit=5']) {
      const page = (await xavier.get(`/orders?${query}`)).json<ListAnswer>();
      expect([query, page.has_more, page.next_cursor]).toEqual([query, false, null]);
    }
    expect((await xavier.get('/orders?side=buy&limit=3')).json<ListAnswer>().has_more).toBe(true);
  });

  it('can be saved as a table that no spreadsheet computes with', async () => {
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
  ])('refuses %s by name', async (query, field) => {
    const walt = await trader();
    const response = await walt.get(`/orders?${query}`);
    expect(response.statusCode).toBe(422);
    expect(response.json<ProblemAnswer>().errors?.map((error) => error.field)).toEqual([field]);
  });

  it('refuses a cursor of another filter, or one that is none', async () => {
    const xena = await trader('1000');
    for (let i = 0; i < 2; i++) await xena.place(buy('0.0001'));
    const { next_cursor } = (await xena.get('/orders?limit=1')).json<ListAnswer>();
    expect((await xena.get(`/orders?limit=1&cursor=${next_cursor}`)).statusCode).toBe(200);
    expect((await xena.get(`/orders?limit=1&asset_id=BTC&cursor=${next_cursor}`)).statusCode).toBe(400);
    expect((await xena.get('/orders?cursor=nonsense')).statusCode).toBe(400);
  });
});

describe('one order', () => {
  it('is shown to its owner and does not exist for anybody else', async () => {
    const [yara, zoe] = [await trader('1000'), await trader()];
    const { order_id } = (await yara.place(buy('0.01'))).json<OrderAnswer>().data;
    expect((await yara.get(`/orders/${order_id}`)).json<OrderAnswer>().data.order_id).toBe(order_id);
    const foreign = await zoe.get(`/orders/${order_id}`);
    const missing = await zoe.get('/orders/0190-missing');
    expect([foreign.statusCode, missing.statusCode]).toEqual([404, 404]);
    expect(foreign.json<ProblemAnswer>().code).toBe('RES_001');
    expect(foreign.json<ProblemAnswer>().detail).toBe(missing.json<ProblemAnswer>().detail);
  });

  it('with a malformed id is a bad request, not a missing one', async () => {
    const amy = await trader();
    expect((await amy.get('/orders/a@b')).statusCode).toBe(422);
  });

  it.each([
    ['POST', '/cancel'],
    ['DELETE', ''],
  ] as const)('that is completed cannot be cancelled by %s', async (method, suffix) => {
    const [ben, eve] = [await trader('1000'), await trader()];
    const { order_id } = (await ben.place(buy('0.01'))).json<OrderAnswer>().data;
    const url = `/orders/${order_id}${suffix}`;
    const own = await service.app.inject({ method, url, headers: ben.headers });
    expect(own.statusCode).toBe(409);
    expect(own.json<ProblemAnswer>().code).toBe('RES_003');
    expect((await service.app.inject({ method, url, headers: eve.headers })).statusCode).toBe(404);
    expect((await ben.get(`/orders/${order_id}`)).json<OrderAnswer>().data.status).toBe('completed');
  });
});

describe('the trades of an asset', () => {
  it('are listed newest first with the fields of the contract and no more', async () => {
    const cleo = await trader('1000');
    await cleo.place(buy('0.01'));
    await cleo.place(sell('0.005'));
    const body = (await cleo.get('/assets/BTC/transactions')).json<TradesAnswer>();
    expect(body.data.map((trade: { transaction_type: string }) => trade.transaction_type)).toEqual([
      'sell',
      'buy',
    ]);
    expect(Object.keys(body.data[0] ?? {}).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'asset_id',
      'fees',
      'order_id',
      'price',
      'quantity',
      'realized_pnl',
      'status',
      'timestamp',
      'total_amount',
      'transaction_id',
      'transaction_type',
    ]);
    expect((await cleo.get('/assets/DOGE/transactions')).json<ListAnswer>().data).toEqual([]);
    expect((await cleo.get('/assets/TOO-LONG-AN-ID/transactions')).statusCode).toBe(422);
  });
});

describe('without a good token', () => {
  it.each([
    ['none', {}],
    ['a foreign scheme', { authorization: 'Basic abc' }],
    ['garbage', { authorization: 'Bearer abc' }],
    ['identity headers', { 'x-user-id': 'trader1', 'x-user-role': 'admin', 'x-forwarded-for': '127.0.0.1' }],
  ])('every route answers 401 to %s', async (_case, headers) => {
    for (const [method, url] of [
      ['POST', '/orders'],
      ['POST', '/orders/preview'],
      ['GET', '/orders'],
      ['GET', '/orders/abc'],
      ['GET', '/orders/abc/explain'],
      ['POST', '/orders/abc/cancel'],
      ['DELETE', '/orders/abc'],
      ['GET', '/assets/BTC/transactions'],
    ] as const) {
      const response = await service.app.inject({ method, url, headers });
      expect(response.statusCode).toBe(401);
      expect(response.json<ProblemAnswer>().code).toBe('AUTH_001');
    }
  });
});

describe('a fee or a spread that was edited', () => {
  it('is paid from the next order on', async () => {
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

  it('is quoted at once where no prices are made, though the price was read before', async () => {
    const quotes = createQuoteBoard();
    const { quoteFor } = createOrderDependencies({ ...service.runtime, quotes, maxQuoteAgeSeconds: 15 });
    const asset = await createAssetDao(service.runtime.store).getAsset('BTC');
    if (!asset) throw new Error('there is no BTC');
    quotes.publish([storedQuoteOf(asset)]);
    const edited = { ...asset, spread_bps: 200 };
    expect(quoteFor('BTC', asset)).toMatchObject({ bid: asset.current_price });
    expect(quoteFor('BTC', edited)).toMatchObject({ bid: '49500', ask: '50500' });
  });
});
