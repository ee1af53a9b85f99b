import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { startOrderService } from '../order-service-under-test.ts';
import type { ListAnswer, OrderAnswer, ProblemAnswer } from '../trader.ts';
import { createTrader } from '../trader.ts';

interface TradesAnswer {
  readonly data: readonly Pick<AssetTransaction, 'transaction_type' | 'realized_pnl'>[];
}

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());

const trader = (usd?: string) => createTrader(service, usd);

const buy = (quantity: unknown, asset = 'BTC') => ({ asset_id: asset, order_type: 'market_buy', quantity });
const sell = (quantity: unknown, asset = 'BTC') => ({ asset_id: asset, order_type: 'market_sell', quantity });

describe('an invalid order', () => {
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
    ['a currency', buy('1', 'EUR'), 422, 'BUS_003', ['asset_id']],
    ['an asset that does not exist', buy('1', 'NOPE'), 404, 'RES_001', undefined],
  ])('because of %s names the field and changes nothing', async (...[, payload, status, code, fields]) => {
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
  ])('because of %s is not parsed', async (_case, payload, type, status) => {
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
  it('repeats the first answer byte for byte, and places no second order', async () => {
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

  it('belongs to one user: the key of another user is another key', async () => {
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

  it('is free again after a refusal', async () => {
    const quinn = await trader('100');
    expect((await quinn.place(buy('0.01'), { 'idempotency-key': 'k' })).statusCode).toBe(422);
    await service.runtime.fund(quinn.username, '900');
    expect((await quinn.place(buy('0.01'), { 'idempotency-key': 'k' })).statusCode).toBe(201);
  });
});

describe('concurrent orders', () => {
  it('all succeed when the cash covers all 200', async () => {
    const rose = await trader('1000');
    const responses = await Promise.all(Array.from({ length: 200 }, () => rose.place(buy('0.0001'))));
    expect(responses.map((response) => response.statusCode)).toEqual(Array(200).fill(201));
    expect(await rose.cash()).toBe('0.00');
    expect(await rose.holding('BTC')).toMatchObject({ quantity: '0.02' });
  });

  it('succeed exactly 25 times when the cash covers 25 of 50', async () => {
    const sam = await trader('125');
    const responses = await Promise.all(Array.from({ length: 50 }, () => sam.place(buy('0.0001'))));
    expect(responses.filter((response) => response.statusCode === 201)).toHaveLength(25);
    expect(responses.filter((response) => response.json<ProblemAnswer>().code === 'BUS_001')).toHaveLength(
      25,
    );
    expect(await sam.cash()).toBe('0.00');
  });

  it('with 100 keys sent 10 times each place 100 orders with equal answers', async () => {
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

describe('one order', () => {
  it('is visible to its user and not found by others', async () => {
    const [yara, zoe] = [await trader('1000'), await trader()];
    const { order_id } = (await yara.place(buy('0.01'))).json<OrderAnswer>().data;
    expect((await yara.get(`/orders/${order_id}`)).json<OrderAnswer>().data.order_id).toBe(order_id);
    const foreign = await zoe.get(`/orders/${order_id}`);
    const missing = await zoe.get('/orders/0190-missing');
    expect([foreign.statusCode, missing.statusCode]).toEqual([404, 404]);
    expect(foreign.json<ProblemAnswer>().code).toBe('RES_001');
    expect(foreign.json<ProblemAnswer>().detail).toBe(missing.json<ProblemAnswer>().detail);
  });

  it('with a malformed id is a bad request', async () => {
    const amy = await trader();
    expect((await amy.get('/orders/a@b')).statusCode).toBe(422);
  });

  it.each([
    ['POST', '/cancel'],
    ['DELETE', ''],
  ] as const)('cannot be cancelled by %s once it is completed', async (method, suffix) => {
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
  it('are newest first, with the documented fields only', async () => {
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
      'counterpart',
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

describe('without a valid token', () => {
  it.each([
    ['none', {}],
    ['a foreign scheme', { authorization: 'Basic abc' }],
    ['garbage', { authorization: 'Bearer abc' }],
    ['identity headers', { 'x-user-id': 'trader1', 'x-user-role': 'admin', 'x-forwarded-for': '127.0.0.1' }],
  ])('every route answers 401: %s', async (_case, headers) => {
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
