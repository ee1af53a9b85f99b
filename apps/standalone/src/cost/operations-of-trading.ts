import { isoTime, knownAssetId, knownUsername } from '@cnop/common/core/brands';
import { systemIds } from '@cnop/common/core/ids';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { readPriceSheets } from '@cnop/common/dao/inventory/price-sheet-dao';
import { workOf } from '@cnop/common/dao/order/recurring-buy-dao';
import { stakingRateRecord } from '@cnop/common/dao/staking/staking-dao';
import { recurringBuySchema } from '@cnop/common/entities/order/recurring-buy';
import { createQuoteBoard } from '@cnop/common/market/market-data';
import { dayAfter, dayOf } from '@cnop/common/trading/staking';
import { postReward, rewardWork } from '@cnop/user-service/staking/use-cases/accrue-rewards';
import type { Measurement } from './measurement.ts';
import { orderOf } from './measurement.ts';

const TRADER = 'bobby_example_123';
/** Signed up before. */
const RECIPIENT = 'alice_example_123';
const BTC = { asset_id: 'BTC', quantity: '0.1' };
/** As long as a UUID, which clients use as a key. */
const KEY_OF_36_CHARACTERS = '01a1fcb8-894f-72c5-9dd2-72d142086';
const ORDERS_BEFORE_LISTS = 20;

/** Measures cash, and leaves the trader with enough of it. */
export async function measureCash({ measure, call, signIn, password }: Measurement): Promise<void> {
  const names = { first_name: 'Bobby', last_name: 'Example' };
  const account = { username: TRADER, email: `${TRADER}@example.com`, password, ...names };
  await call({ method: 'POST', path: '/auth/register', body: account });
  const token = await signIn(TRADER);
  const deposit = { method: 'POST', path: '/balance/deposit', token, body: { amount: '900000' } } as const;
  const withdrawal = { method: 'POST', path: '/balance/withdraw', token, body: { amount: '10' } } as const;
  await measure('deposit', deposit);
  await measure('deposit with key', { ...deposit, key: keyOf(1) });
  await measure('withdrawal', withdrawal);
  await measure('withdrawal with key', { ...withdrawal, key: keyOf(2) });
  await measure('withdrawal with key, repeated', { ...withdrawal, key: keyOf(2) });
  const transfer = {
    method: 'POST',
    path: '/transfers',
    token,
    body: { to: RECIPIENT, amount: '10' },
  } as const;
  await measure('transfer', transfer);
  await measure('transfer with key', { ...transfer, key: keyOf(3) });
  await measure('preview of a transfer', { ...transfer, path: '/transfers/preview' });
  await measure('limits of transfers', { method: 'GET', path: '/transfers/limits', token });
  await measure('list of payments, page of 20', {
    method: 'GET',
    path: '/funding/payments?limit=20',
    token,
  });
  await measure('limits of a tier', { method: 'GET', path: '/funding/limits', token });
  await measure('balance', { method: 'GET', path: '/balance', token });
  const seen = { method: 'GET', path: '/balance?seen=1', token } as const;
  await call(seen);
  await measure('balance, from memory', seen);
}

function keyOf(number: number): string {
  return `${KEY_OF_36_CHARACTERS}${String(number).padStart(3, '0')}`;
}

/** Measures orders, their ends and everything that reads them. */
export async function measureOrders(measurement: Measurement): Promise<void> {
  const token = await measurement.signIn(TRADER);
  await measurement.platform.setPrice(BTC.asset_id, '65000');
  await measureMarketOrders(measurement, token);
  await measureOpenOrders(measurement, token);
  await measureLists(measurement, token);
  await measureWallets(measurement, token);
}

async function measureMarketOrders(measurement: Measurement, token: string): Promise<void> {
  const { measure } = measurement;
  const order = (order_type: string, key?: number) =>
    ({
      method: 'POST',
      path: '/orders',
      token,
      body: { ...BTC, order_type },
      ...(key !== undefined && { key: keyOf(key) }),
    }) as const;
  await measure('first market buy of an asset, with key', order('market_buy', 10));
  await measure('market buy', order('market_buy'));
  await measure('market buy with key', order('market_buy', 11));
  await measure('market buy with key, repeated', order('market_buy', 11));
  await measure('market sale', order('market_sell'));
  await measure('market sale with key', order('market_sell', 12));
  const tooMuch = {
    ...order('market_buy', 13),
    body: { ...BTC, order_type: 'market_buy', quantity: '99999' },
  };
  await measure('market buy with key, refused', tooMuch, { mayFail: true });
  const transfer = {
    method: 'POST',
    path: '/transfers/units',
    token,
    body: { to: RECIPIENT, asset_id: BTC.asset_id, quantity: '0.01' },
  } as const;
  await measure('first transfer of units of an asset', transfer);
  await measure('transfer of units', transfer);
  await measure('transfer of units with key', { ...transfer, key: keyOf(14) });
  await measure('preview of a transfer of units', { ...transfer, path: '/transfers/units/preview' });
  await measureStaking(measurement, token);
}

/** Measures a stake and its daily reward. */
async function measureStaking(measurement: Measurement, token: string): Promise<void> {
  const { platform, measure, measureWork } = measurement;
  const { store, clock } = platform;
  const assetId = knownAssetId(BTC.asset_id);
  const username = knownUsername(TRADER);
  const set_at = isoTime(clock.now());
  const rate = { asset_id: assetId, rate_percent: '5', cooldown_days: 1, set_by: username, set_at };
  const write = stakingRateRecord.create({ ...rate, from_day: '2020-01-01' });
  await store.transact({}, () => ({ writes: [write], result: undefined }));
  const body = { asset_id: BTC.asset_id, quantity: '0.01' };
  await measure('stake', { method: 'POST', path: '/staking/stake', token, body });
  const deps = { store, clock, ids: systemIds, quotes: createQuoteBoard(), assets: createAssetDao(store) };
  const today = dayOf(set_at);
  await measureWork('staking reward of the first day', () =>
    postReward(deps, rewardWork({ username, assetId }, today)),
  );
  await measureWork('staking reward of a day', () =>
    postReward(deps, rewardWork({ username, assetId }, dayAfter(today))),
  );
  await measure('unstake', { method: 'POST', path: '/staking/unstake', token, body });
  await measure('list of stakes', { method: 'GET', path: '/staking', token });
  await measureRecurringBuys(measurement, token);
}

/** Measures a recurring buy and its runs. */
async function measureRecurringBuys({ platform, measure, measureWork }: Measurement, token: string) {
  const body = { asset_id: BTC.asset_id, amount: '100', every: 'day' };
  const path = '/recurring-buys';
  const { data } = await measure('recurring buy, created', { method: 'POST', path, token, body });
  const work = workOf(recurringBuySchema.parse(data));
  if (work) await measureWork('run of a recurring buy', async () => platform.runRecurringBuy(work));
  await measure('list of recurring buys', { method: 'GET', path, token });
}

async function measureOpenOrders({ platform, measure, measureWork, call }: Measurement, token: string) {
  const place = (terms: object, key?: number) =>
    ({
      method: 'POST',
      path: '/orders',
      token,
      body: { ...BTC, ...terms },
      ...(key !== undefined && { key: keyOf(key) }),
    }) as const;
  const limitBuy = { order_type: 'limit_buy', price: '1000' };
  const limitSale = { order_type: 'limit_sell', price: '9000000', quantity: '0.01' };
  const stop = { order_type: 'stop_loss', stop_price: '1000', quantity: '0.01' };
  const trailing = { order_type: 'trailing_stop', trail_percent: '50', quantity: '0.01' };
  const buy = orderOf(await measure('limit buy, accepted', place(limitBuy)));
  await measure('limit buy with key, accepted', place(limitBuy, 20));
  const sale = orderOf(await measure('limit sale, accepted', place(limitSale)));
  await measure('limit sale with key, accepted', place(limitSale, 21));
  await measure('stop-loss, accepted', place(stop));
  await measure('trailing stop, accepted', place(trailing));
  await measure('limit buy, cancelled', { method: 'POST', path: `/orders/${buy.order_id}/cancel`, token });
  await measure('limit sale, cancelled', { method: 'POST', path: `/orders/${sale.order_id}/cancel`, token });
  const met = orderOf(await call(place({ order_type: 'limit_buy', price: '61000' })));
  await platform.setPrice(BTC.asset_id, '60000');
  await measureWork('limit buy, triggered', () => platform.trigger(met));
  const sold = orderOf(await call(place({ order_type: 'limit_sell', price: '69000', quantity: '0.01' })));
  await platform.setPrice(BTC.asset_id, '70000');
  await measureWork('limit sale, triggered', () => platform.trigger(sold));
  await measure('preview of an order', { ...place(limitBuy), path: '/orders/preview' });
  const read = { method: 'GET', path: `/orders/${met.order_id}`, token } as const;
  await measure('order', read);
  const cancelled = { method: 'GET', path: `/orders/${buy.order_id}`, token } as const;
  await call(cancelled);
  await measure('order that is final, again', cancelled);
  await measure('explanation of an order', { method: 'GET', path: `/orders/${met.order_id}/explain`, token });
}

async function measureLists(
  { platform, measure, measureWork, call }: Measurement,
  token: string,
): Promise<void> {
  for (let i = 0; i < ORDERS_BEFORE_LISTS; i += 1) {
    const body = { asset_id: i % 2 === 0 ? 'ETH' : 'BTC', order_type: 'market_buy', quantity: '0.01' };
    await call({ method: 'POST', path: '/orders', token, body });
  }
  const read = (name: string, path: string) => measure(name, { method: 'GET', path, token });
  await read('list of orders, page of 20', '/orders?limit=20');
  await read('list of trades, page of 20', '/trades?limit=20');
  await read('ledger, page of 20', '/balance/transactions?limit=20');
  await read('portfolio of two assets', '/portfolio');
  await read('list of two positions', '/balance/assets');
  await read('history of a portfolio, one month', '/portfolio/history?range=1m');
  await read('performance of a portfolio, one month', '/portfolio/performance?range=1m&benchmark=BTC');
  const now = platform.clock.now().toISOString();
  await read('portfolio as of a moment, 25 trades of two assets', `/portfolio?as_of=${now}`);
  await read('statement of a month, of the same', `/statements/${now.slice(0, 'YYYY-MM'.length)}`);
  const year = platform.clock.now().getUTCFullYear();
  await read('tax report of a year, 24 trades of two assets', `/tax/${year}`);
  await read('open tax lots, of the same', '/tax/lots');
  await measure('choice of the tax method of a year', {
    method: 'PUT',
    path: `/tax/${year + 1}/method`,
    token,
    body: { method: 'fifo' },
  });
  await read('insights into a portfolio', '/portfolio/insights');
  const target = { cash: '40', assets: [{ asset_id: 'BTC', percentage: '60' }] };
  const put = { method: 'PUT', path: '/portfolio/target-allocation', token, body: target } as const;
  await measure('target allocation, stored', put);
  await measure('target allocation, replaced', put);
  await read('target allocation', '/portfolio/target-allocation');
  await read('list of events, page of 20', '/events?after=1&limit=20');
  const assets = createAssetDao(platform.store);
  await measureWork('catalogue of 55 assets, once a minute and process', assets.getCatalogue);
  await measureWork('prices of 55 assets, once a second and process', async () =>
    readPriceSheets(platform.store),
  );
  await read('candles of an asset, 100', '/inventory/assets/BTC/candles?interval=1m&limit=100');
}

/** Measures wallets of other currencies and the conversions between them. */
async function measureWallets({ measure, platform }: Measurement, token: string): Promise<void> {
  await platform.setPrice('EUR', '1.1');
  await platform.setPrice('JPY', '0.0065');
  const post = (path: string, body: object, key?: number) =>
    ({ method: 'POST', path, token, body, ...(key !== undefined && { key: keyOf(key) }) }) as const;
  const deposit = { amount: '900', currency: 'EUR' };
  await measure('deposit in another currency', post('/balance/deposit', deposit));
  await measure('withdrawal in another currency', post('/balance/withdraw', { ...deposit, amount: '5' }));
  const toUsd = { from: 'EUR', to: 'USD', amount: '10' };
  const toYen = { from: 'EUR', to: 'JPY', amount: '10' };
  await measure('conversion', post('/conversions', toUsd));
  await measure('conversion with key', post('/conversions', toUsd, 4));
  await measure('conversion between two other currencies, with key', post('/conversions', toYen, 5));
  await measure('preview of a conversion', post('/conversions/preview', toYen));
  await measure('wallets', { method: 'GET', path: '/balance/wallets', token });
  await measure('list of conversions', { method: 'GET', path: '/conversions', token });
}
