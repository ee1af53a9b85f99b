import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import { anAssetId, aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { countByStatus, fieldErrors, startUserService } from '../user-service-under-test.ts';

const CURRENCIES = [
  // Bid 1.09, ask 1.11.
  aCurrency('EUR', { price_scale: 2, spread_bps: 181 }),
  aCurrency('JPY', { price_scale: 4, quantity_scale: 0 }),
  aCurrency('GBP', { status: 'cancel_only' }),
  aCurrency('CHF', { current_price: '1.2' }),
];

function aCurrency(asset_id: string, fields: Parameters<typeof anAsset>[0]): Asset {
  const last_price_update = isoTime(new Date(0));
  return anAsset({ asset_id, category: 'currency', quantity_scale: 2, last_price_update, ...fields });
}

let service: UserServiceUnderTest;
let seq = 0;
beforeAll(async () => {
  service = await startUserService();
  const assets = createAssetDao(service.store);
  for (const asset of CURRENCIES) await assets.createAsset(asset);
});
afterAll(() => service.stop());
beforeEach(() => {
  publish('EUR', '1.1');
  publish('JPY', '0.0065');
  publish('GBP', '1.3');
});

function publish(id: string, mid: string, isSuspended = false): void {
  seq += 1;
  const asset = CURRENCIES.find(({ asset_id }) => asset_id === anAssetId(id));
  if (!asset) throw new Error(`${id} is no currency of these tests`);
  const at = isoTime(service.clock.now());
  const suspended = isSuspended && ({ suspended: true } as const);
  service.runtime.quotes.publish([
    quoteAround(asset, { mid: aPrice(mid), at, source: 'manual', seq, ...suspended }),
  ]);
}

let users = 0;

/** Creates a user with cash in USD. */
async function aUser(usd = '1000.00', role: 'customer' | 'admin' = 'customer') {
  users += 1;
  const username = `wallet${users}`;
  const headers = await service.signedIn(username, role);
  await service.runtime.fund(username, usd);
  const post = (url: string, body: object, extra: Record<string, string> = {}) =>
    service.call('POST', url, { headers: { ...headers, ...extra }, body });
  return {
    username,
    headers,
    post,
    /** Converts from USD unless the body says otherwise. */
    convert: (body: object, extra?: Record<string, string>) =>
      post('/conversions', { from: 'USD', ...body }, extra),
    preview: async (body: object): Promise<unknown> =>
      (await post('/conversions/preview', { from: 'USD', ...body })).body.data,
    get: (url: string) => service.call('GET', url, { headers }),
    /** The balance of each currency. */
    async cash(): Promise<Record<string, string>> {
      const { data } = (await service.call('GET', '/balance/wallets', { headers })).body;
      return Object.fromEntries(
        data.map(({ currency, current_balance }): [string, string] => [
          String(currency),
          String(current_balance),
        ]),
      );
    },
  };
}

describe('a wallet', () => {
  it('is created by its first deposit, and has a ledger of its own', async () => {
    const user = await aUser();
    const answer = await user.post('/balance/deposit', { amount: '200.5', currency: 'EUR' });
    expect(answer).toMatchObject({
      status: 201,
      body: { message: 'Deposited 200.50 EUR', currency: 'EUR', new_balance: '200.50' },
    });
    const withdrawn = await user.post('/balance/withdraw', { amount: '0.5', currency: 'EUR' });
    expect(withdrawn).toMatchObject({ status: 201, body: { new_balance: '200.00' } });
    expect((await user.get('/balance/transactions?currency=EUR')).body).toMatchObject({
      currency: 'EUR',
      total_count: 2,
      transactions: [
        { transaction_type: 'withdraw', sequence: 2, amount: '0.50', previous_balance: '200.50' },
        {
          transaction_type: 'deposit',
          currency: 'EUR',
          sequence: 1,
          amount: '200.50',
          legs: [{ account: 'external:deposit', amount: '-200.5' }],
        },
      ],
    });
    expect((await user.get('/balance/transactions')).body.transactions).toHaveLength(1);
    const path = `/balance/transactions/${answer.body.transaction_id}`;
    expect((await user.get(`${path}?currency=EUR`)).body.data).toMatchObject({ amount: '200.50' });
    for (const query of ['', '?currency=JPY']) expect((await user.get(path + query)).status).toBe(404);
    const { body } = await user.get('/balance/wallets');
    expect(body).toMatchObject({
      data: [
        { currency: 'USD', current_balance: '1000.00', usd_value: '1000.00' },
        {
          currency: 'EUR',
          digits: 2,
          available_balance: '200.00',
          total_deposits: '200.50',
          total_withdrawals: '0.50',
          mid_rate: '1.1',
          usd_value: '220.00',
        },
      ],
      total_usd_value: '1220.00',
    });
  });

  it('lists its entries by type and period, page by page', async () => {
    const user = await aUser();
    await user.post('/balance/deposit', { amount: '10', currency: 'EUR' });
    service.clock.advanceSeconds(60);
    const later = isoTime(service.clock.now());
    await user.post('/balance/deposit', { amount: '20', currency: 'EUR' });
    await user.post('/balance/withdraw', { amount: '5', currency: 'EUR' });
    const amounts = async (query: string) =>
      (await user.get(`/balance/transactions?currency=EUR${query}`)).body.transactions.map(
        (entry) => 'amount' in entry && entry.amount,
      );
    expect(await amounts('&transaction_type=deposit')).toEqual(['20.00', '10.00']);
    expect(await amounts(`&start_date=${later}`)).toEqual(['5.00', '20.00']);
    expect(await amounts('&limit=1')).toEqual(['5.00']);
    expect((await user.get('/balance/transactions?currency=JPY')).body.transactions).toEqual([]);
  });

  it.each([
    ['a fraction of a yen', { amount: '0.5', currency: 'JPY' }, 'too_precise'],
    ['a tenth of a cent', { amount: '0.001', currency: 'EUR' }, 'too_precise'],
    ['more than one deposit may credit', { amount: '1000000.01', currency: 'EUR' }, 'too_big'],
  ])('refuses a deposit of %s', async (_name, body, code) => {
    const user = await aUser();
    const answer = await user.post('/balance/deposit', body);
    expect([answer.status, fieldErrors(answer)]).toEqual([422, { amount: code }]);
  });

  it('is not overdrawn, and an unknown currency is refused', async () => {
    const user = await aUser();
    await user.post('/balance/deposit', { amount: '1000', currency: 'JPY' });
    const answer = await user.post('/balance/withdraw', { amount: '1001', currency: 'JPY' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'BUS_001', available: '1000 JPY' } });
    const unknown = await user.post('/balance/deposit', { amount: '1', currency: 'XYZ' });
    expect(unknown.status).toBe(422);
  });

  it('repeats the answer to a deposit with the same key', async () => {
    const user = await aUser();
    const body = { amount: '10', currency: 'EUR' };
    const [first, again] = [
      await user.post('/balance/deposit', body, { 'idempotency-key': 'one' }),
      await user.post('/balance/deposit', body, { 'idempotency-key': 'one' }),
    ];
    expect(again.body).toEqual(first.body);
    expect(await user.cash()).toEqual({ USD: '1000.00', EUR: '10.00' });
  });
});

describe('a conversion', () => {
  it('sells USD at the ask of the currency, and tells the user', async () => {
    const user = await aUser();
    const answer = await user.convert({ to: 'EUR', amount: '100' });
    // 100 / 1.11 = 90.09009
    expect(answer).toMatchObject({
      status: 201,
      body: {
        message: 'Converted 100.00 USD to 90.09 EUR',
        data: { from: 'USD', to: 'EUR', debited: '100.00', credited: '90.09', rate: '0.9009009009' },
        balances: { from: '900.00', to: '90.09' },
      },
    });
    expect(await user.cash()).toEqual({ USD: '900.00', EUR: '90.09' });
    const [debit] = (await user.get('/balance/transactions')).body.transactions;
    expect(debit).toMatchObject({
      transaction_type: 'conversion',
      direction: 'debit',
      amount: '100.00',
      description: '100.00 USD to 90.09 EUR',
      legs: [
        { account: 'house:currency:EUR', amount: '99.099' },
        { account: 'house:spread', amount: '0.9009' },
        { account: 'house:rounding', amount: '0.0001' },
      ],
    });
    const { data } = (await user.get('/events?after=0')).body;
    expect(data.at(-1)).toMatchObject({
      type: 'balance.changed',
      data: {
        balance: { current_balance: '900.00' },
        wallets: [{ currency: 'EUR', current_balance: '90.09', held_balance: '0.00' }],
      },
    });
  });

  it('leads over USD between two other currencies, with both spreads', async () => {
    const user = await aUser();
    await user.post('/balance/deposit', { amount: '50', currency: 'EUR' });
    // 50 * 1.09 / 0.0065 = 8384.6
    expect(await user.convert({ from: 'EUR', to: 'JPY', amount: '50' })).toMatchObject({
      status: 201,
      body: { data: { debited: '50.00', credited: '8384' } },
    });
    expect(await user.cash()).toEqual({ USD: '1000.00', EUR: '0.00', JPY: '8384' });
    expect((await user.get('/balance/transactions')).body.transactions).toHaveLength(1);
    const { data } = (await user.get('/conversions')).body;
    expect(data).toMatchObject([
      { from: 'EUR', to: 'JPY', credited: '8384', from_quote: { bid: '1.09' }, to_quote: { ask: '0.0065' } },
    ]);
  });

  it('fixes what is received: the debit is rounded up', async () => {
    const user = await aUser();
    // 10 * 1.11 = 11.10, exactly; 1,000 yen cost 6.50.
    expect(await user.convert({ to: 'EUR', amount: '10', fixes: 'to' })).toMatchObject({
      body: { data: { debited: '11.10', credited: '10.00' } },
    });
    // 7 yen cost 0.0455.
    expect(await user.convert({ to: 'JPY', amount: '7', fixes: 'to' })).toMatchObject({
      body: { data: { debited: '0.05', credited: '7' } },
    });
  });

  it('takes effect once for each key, also when it is sent at the same moment', async () => {
    const user = await aUser();
    const send = () => user.convert({ to: 'EUR', amount: '100' }, { 'idempotency-key': 'convert' });
    const answers = await Promise.all([send(), send(), send()]);
    expect(countByStatus(answers)).toEqual({ 201: 3 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await user.cash()).toEqual({ USD: '900.00', EUR: '90.09' });
    const other = await user.convert({ to: 'EUR', amount: '99' }, { 'idempotency-key': 'convert' });
    expect([other.status, fieldErrors(other)]).toEqual([422, { 'Idempotency-Key': 'key_reused' }]);
  });

  it.each([
    ['more than is available', { to: 'EUR', amount: '1000.01' }, 422, 'BUS_001'],
    ['a wallet that does not exist', { from: 'EUR', to: 'USD', amount: '1' }, 422, 'BUS_001'],
    ['a rate that is worse than the bound', { to: 'EUR', amount: '1', rate_bound: '0.91' }, 422, 'BUS_002'],
    ['an amount that brings nothing', { to: 'EUR', amount: '0.01' }, 422, 'BUS_002'],
    ['a closed currency', { to: 'GBP', amount: '1' }, 422, 'BUS_003'],
    ['a currency that the catalogue lacks', { to: 'CNY', amount: '1' }, 422, 'BUS_003'],
    ['the same currency', { from: 'EUR', to: 'EUR', amount: '1' }, 422, 'VAL_001'],
    ['a fraction of a yen', { to: 'JPY', amount: '0.5', fixes: 'to' }, 422, 'VAL_001'],
    ['a currency without a current price', { to: 'CHF', amount: '1' }, 503, 'SVC_001'],
  ])('is refused for %s, and changes nothing', async (_name, body, status, code) => {
    const user = await aUser();
    const answer = await user.convert(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await user.cash()).toEqual({ USD: '1000.00' });
    const preview = await user.post('/conversions/preview', { from: 'USD', ...body });
    if (status === 422 && code === 'VAL_001') expect(preview.status).toBe(422);
    else expect(preview.body.data).toMatchObject({ would_be: 'refused', reasons: [{ code }] });
  });

  it('is executed at a rate that meets its bound', async () => {
    const user = await aUser();
    const answer = await user.convert({ to: 'EUR', amount: '1.11', rate_bound: '0.9009' });
    expect(answer).toMatchObject({ status: 201, body: { data: { credited: '1.00' } } });
  });

  it('is refused at an old or suspended quote', async () => {
    const user = await aUser();
    publish('EUR', '2', true);
    expect((await user.convert({ to: 'EUR', amount: '1' })).status).toBe(503);
    publish('EUR', '1.1');
    service.clock.advanceSeconds(61);
    expect(await user.convert({ to: 'EUR', amount: '1' })).toMatchObject({
      status: 503,
      body: { code: 'SVC_001' },
    });
  });

  it('is refused for staff, who set rates, and for a suspended account', async () => {
    const staff = await aUser('1000.00', 'admin');
    expect((await staff.convert({ to: 'EUR', amount: '1' })).status).toBe(403);
    const user = await aUser();
    const key = balanceRecord.key({ username: aUsername(user.username) });
    await service.store.transact({ balance: key }, ({ balance }) => {
      const before = balanceRecord.readIfPresent(balance);
      if (!before) throw new Error('there is no balance');
      const writes = [balanceRecord.replace({ ...before, trading_block: 'suspended' })];
      return { writes, result: undefined };
    });
    expect((await user.convert({ to: 'EUR', amount: '1' })).status).toBe(403);
  });

  it('is previewed with its amounts, rate and cash, without a write', async () => {
    const user = await aUser();
    expect(await user.preview({ to: 'EUR', amount: '100' })).toMatchObject({
      would_be: 'completed',
      debited: '100.00',
      credited: '90.09',
      rate: '0.9009009009',
      from_quote: null,
      to_quote: { bid: '1.09', ask: '1.11' },
      balances: {
        from: { before: { current: '1000.00' }, after: { current: '900.00' } },
        to: { before: { current: '0.00' }, after: { available: '90.09' } },
      },
      reasons: [],
    });
    expect(await user.cash()).toEqual({ USD: '1000.00' });
    expect(await user.preview({ to: 'GBP', amount: '2000' })).toMatchObject({
      would_be: 'refused',
      balances: { to: { after: null } },
      reasons: [{ code: 'BUS_003' }, { code: 'BUS_001', field: 'amount' }],
    });
  });
});
