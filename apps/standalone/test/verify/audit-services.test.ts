import type { Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal, formatPrice } from '@cnop/common/core/money';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { expireOrder, triggerOrder, withdrawOrder } from '@cnop/order-service/use-cases/change-open-order';
import { aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import type { FakeClock } from '@cnop/testing/fake-clock';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyStore } from '../../src/verify/audit-store.ts';

const MAX_QUOTE_AGE_SECONDS = 15;
/** An asset whose totals, fees and percentages all need rounding. */
const GOLD = anAsset({
  asset_id: 'GOLD',
  current_price: '2003.37',
  spread_bps: 37,
  fee_bps: 23,
  last_price_update: new Date(0).toISOString(),
});

let clock: FakeClock;
let runtime: TestRuntime;
let app: ServiceApp;
let authorization: string;
let seq = 0;

beforeEach(async () => {
  clock = createFakeClock();
  runtime = await createTestRuntime({ clock });
  await createAssetDao(runtime.store).createAsset(GOLD);
  const alice = aUser();
  await runtime.store.transact({}, () => ({
    writes: [userRecord.create(alice), emailClaimRecord.create(alice)],
    result: undefined,
  }));
  await runtime.fund('alice', '50000.00');
  ({ authorization } = await runtime.signIn('alice'));
  app = await buildOrderServiceApp({ ...runtime, maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS });
});

afterEach(async () => {
  await app.close();
  await runtime.dispose();
});

function setPrice(mid: Price) {
  clock.advanceSeconds(1);
  seq += 1;
  const quote = quoteAround(GOLD, { mid, at: isoTime(clock.now()), source: 'manual', seq });
  runtime.quotes.publish([quote]);
  return quote;
}

async function place(fields: Readonly<Record<string, string>>): Promise<OrderDocument> {
  clock.advanceSeconds(1);
  const response = await app.inject({
    method: 'POST',
    url: '/orders',
    headers: {
      authorization,
      'content-type': 'application/json',
      'idempotency-key': `order-${seq}-${clock.now().getTime()}`,
    },
    payload: JSON.stringify({ asset_id: 'GOLD', ...fields }),
  });
  expect(response.statusCode, response.body).toBe(201);
  return response.json<{ readonly data: OrderDocument }>().data;
}

async function trigger(order: OrderDocument, price: Price): Promise<string> {
  const attempt = await triggerOrder(deps(), openOrder(order), (_order, quote) => ({ quote, price }));
  return attempt.kind === 'changed' ? attempt.order.status : attempt.kind;
}

const deps = () => ({
  ...runtime,
  assets: createAssetDao(runtime.store),
  orders: createOrderDao(runtime.store),
  candles: createCandleDao(runtime.store),
  quoteFor: runtime.quotes.latest,
  maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
});
const openOrder = ({ order_id, username, asset_id }: OrderDocument) => ({
  orderId: order_id,
  username,
  assetId: asset_id,
});

async function expectSound(): Promise<void> {
  const { violations } = await verifyStore(runtime.store, { clock });
  expect(violations).toEqual([]);
}

test('the writes of the order service break no rule, at any step of an order', async () => {
  setPrice(aPrice('2003.37'));
  await place({ order_type: 'market_buy', quantity: '7.12345678', price_bound: '2050' });
  await place({ order_type: 'limit_buy', quantity: '0.333', price: '2100', client_order_id: 'met' });
  await place({ order_type: 'market_sell', quantity: '0.1' });
  await expectSound();

  const buy = await place({
    order_type: 'limit_buy',
    quantity: '1.07',
    price: '1900.01',
    client_order_id: 'buy',
  });
  const sell = await place({ order_type: 'limit_sell', quantity: '0.7', price: '2500.55' });
  const stop = await place({ order_type: 'stop_loss', quantity: '0.4', stop_price: '1950.50' });
  const profit = await place({ order_type: 'take_profit', quantity: '0.3', stop_price: '2700' });
  const trail = await place({ order_type: 'trailing_stop', quantity: '0.21', trail_percent: '3.33' });
  const withdrawn = await place({ order_type: 'trailing_stop', quantity: '0.11', trail_amount: '77.7' });
  const expiring = await place({
    order_type: 'limit_buy',
    quantity: '0.01',
    price: '1',
    expires_at: new Date(clock.now().getTime() + 600_000).toISOString(),
  });
  await expectSound();

  const cancelled = await app.inject({
    method: 'POST',
    url: `/orders/${profit.order_id}/cancel`,
    headers: { authorization },
  });
  expect(cancelled.statusCode, cancelled.body).toBe(200);
  await withdrawOrder(deps(), openOrder(withdrawn), 'GOLD is no longer traded');
  await expectSound();

  const peak = setPrice(aPrice('2103.19')).bid;
  setPrice(aPrice('1890.11'));
  expect(await trigger(buy, aPrice('1900.01'))).toBe('completed');
  expect(await trigger(stop, aPrice('1950.50'))).toBe('completed');
  expect(await trigger(sell, aPrice('2500.55'))).toBe('unchanged');
  expect(await trigger(trail, formatPrice(decimal(peak).times('0.9667')))).toBe('completed');
  await expectSound();

  clock.advanceSeconds(600);
  expect((await expireOrder(deps(), openOrder(expiring)))?.status).toBe('expired');
  setPrice(aPrice('2600.01'));
  expect(await trigger(sell, aPrice('2500.55'))).toBe('completed');
  setPrice(aPrice('1999.99'));
  await place({ order_type: 'market_sell', quantity: 'max' });
  await expectSound();
});
