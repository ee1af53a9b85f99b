import type { Account, Send } from '@cnop/testing/system/api-client';
import { expectStatus, freshName, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Platform } from './support/platform.ts';
import { startOneProcess } from './support/platform.ts';

const WITHIN = { timeout: 30_000 };
/** Long enough to accept an order on a busy machine. */
const EXPIRES_IN_MILLISECONDS = 5_000;

interface Order {
  readonly order_id: string;
  readonly status: string;
  readonly total_amount: string | null;
  readonly fees: string;
  readonly held_amount: string;
  readonly executed_price: string | null;
}
interface Preview {
  readonly would_be: string;
  readonly price: string | null;
  readonly total_amount: string | null;
  readonly hold: { readonly amount: string } | null;
  readonly balance: { readonly after: Readonly<Record<'current' | 'held' | 'available', string>> };
  readonly reasons: readonly { readonly code: string; readonly field: string | null }[];
}
interface Explanation {
  readonly timeline: readonly { readonly event: string; readonly facts: Readonly<Record<string, string>> }[];
  readonly waiting_for: { readonly trigger_price: string; readonly price: string } | null;
}

const cleanup = createCleanup();
let platform: Platform;
let api: Send;
let admin: Account;

beforeAll(async () => {
  platform = await startOneProcess(cleanup);
  api = platform.api;
  admin = await signIn(api, 'admin', ADMIN_PASSWORD);
});
afterAll(() => cleanup.run());

let assets = 0;

/** Creates an asset for one test, with a fee of 0.25 %, and waits until orders can be placed in it. */
async function newAsset(trader: Account, price = '100.00'): Promise<string> {
  assets += 1;
  const assetId = `WAIT${assets}`;
  const body = { asset_id: assetId, symbol: assetId, name: assetId, current_price: price, fee_bps: 25 };
  expectStatus(await admin.send('POST', '/inventory/assets', { body }), 201);
  await untilPriceIs(trader, assetId, price);
  return assetId;
}

async function untilPriceIs(trader: Account, assetId: string, price: string): Promise<void> {
  const body = { asset_id: assetId, order_type: 'market_buy', quantity: '1' };
  await expect
    .poll(async () => {
      const answer = expectStatus(await trader.send('POST', '/orders/preview', { body }), 200);
      return Number(answer.json<{ data: Preview }>().data.price);
    }, WITHIN)
    .toBe(Number(price));
}

async function movePrice(assetId: string, price: string): Promise<void> {
  expectStatus(await admin.send('PUT', `/inventory/assets/${assetId}/price`, { body: { price } }), 200);
}

async function place(trader: Account, body: Readonly<Record<string, string>>): Promise<Order> {
  return expectStatus(await trader.send('POST', '/orders', { body }), 201).json<{ data: Order }>().data;
}

async function orderOf(trader: Account, orderId: string): Promise<Order> {
  return (await trader.send('GET', `/orders/${orderId}`)).json<{ data: Order }>().data;
}

async function explained(trader: Account, orderId: string): Promise<Explanation> {
  const answer = await trader.send('GET', `/orders/${orderId}/explain`);
  return expectStatus(answer, 200).json<{ data: Explanation }>().data;
}

const cashOf = async (trader: Account) =>
  (await trader.send('GET', '/balance')).json<
    Record<'current_balance' | 'held_balance' | 'available_balance', string>
  >();

const newTrader = (cash: string) => signUp(api, { username: freshName('waiter'), cash });

describe('open orders', () => {
  it('hold the amount of the preview, are explained, and release it when they are cancelled', async () => {
    const trader = await newTrader('1000');
    const assetId = await newAsset(trader);
    const body = { asset_id: assetId, order_type: 'limit_buy', quantity: '4', price: '90' };
    const preview = await trader.send('POST', '/orders/preview', { body });
    expect(preview.json<{ data: Preview }>().data).toMatchObject({
      would_be: 'queued',
      total_amount: '360.00',
      hold: { amount: '360.90' },
      balance: { after: { current: '1000.00', held: '360.90', available: '639.10' } },
      reasons: [],
    });
    const placed = await place(trader, body);
    expect(placed).toMatchObject({ status: 'queued', held_amount: '360.90' });
    expect(await cashOf(trader)).toMatchObject({
      current_balance: '1000.00',
      held_balance: '360.90',
      available_balance: '639.10',
    });
    const overdraft = await trader.send('POST', '/balance/withdraw', { body: { amount: '639.11' } });
    expect(overdraft.status).toBe(422);
    expect(overdraft.json()).toMatchObject({ code: 'BUS_001', available: '639.10' });

    expect((await explained(trader, placed.order_id)).waiting_for).toMatchObject({ trigger_price: '90' });
    const cancelled = await trader.send('POST', `/orders/${placed.order_id}/cancel`);
    expectStatus(cancelled, 200);
    expect(await cashOf(trader)).toMatchObject({ held_balance: '0.00', available_balance: '1000.00' });
    expect((await explained(trader, placed.order_id)).timeline.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['accepted', 'held', 'cancelled', 'released']),
    );
    expectStatus(await trader.send('DELETE', `/orders/${placed.order_id}`), 409);
  });

  it('are filled at the price that triggers them, and release the rest of the hold', async () => {
    const trader = await newTrader('1000');
    const assetId = await newAsset(trader);
    const placed = await place(trader, {
      asset_id: assetId,
      order_type: 'limit_buy',
      quantity: '4',
      price: '90',
    });
    await movePrice(assetId, '95');
    await untilPriceIs(trader, assetId, '95');
    expect((await orderOf(trader, placed.order_id)).status).toBe('queued');
    await movePrice(assetId, '80');
    await expect.poll(async () => (await orderOf(trader, placed.order_id)).status, WITHIN).toBe('completed');
    expect(await orderOf(trader, placed.order_id)).toMatchObject({
      executed_price: '80',
      total_amount: '320.00',
      fees: '0.80',
      held_amount: '0',
    });
    expect(await cashOf(trader)).toMatchObject({ current_balance: '679.20', held_balance: '0.00' });
    const { timeline } = await explained(trader, placed.order_id);
    expect(timeline.map(({ event }) => event)).toEqual([
      'accepted',
      'held',
      'triggered',
      'executed',
      'released',
    ]);
    expect(timeline.find(({ event }) => event === 'executed')?.facts).toMatchObject({ improvement: '40.10' });
  });

  it('sell by stop-loss, take-profit and trailing stop, each when it is triggered and not before', async () => {
    const trader = await newTrader('1000');
    const assetId = await newAsset(trader);
    await place(trader, { asset_id: assetId, order_type: 'market_buy', quantity: '3' });
    const sale = { asset_id: assetId, quantity: '1' };
    const profit = await place(trader, { ...sale, order_type: 'take_profit', stop_price: '110' });
    const trail = await place(trader, { ...sale, order_type: 'trailing_stop', trail_percent: '10' });
    const loss = await place(trader, { ...sale, order_type: 'stop_loss', stop_price: '90' });
    expectStatus(await trader.send('POST', '/orders', { body: { ...sale, order_type: 'market_sell' } }), 422);

    const statuses = () =>
      Promise.all(
        [profit, trail, loss].map(async ({ order_id }) => (await orderOf(trader, order_id)).status),
      );
    await movePrice(assetId, '120');
    await expect.poll(statuses, WITHIN).toEqual(['completed', 'queued', 'queued']);
    expect((await explained(trader, trail.order_id)).waiting_for).toMatchObject({ trigger_price: '108' });
    await movePrice(assetId, '108');
    await expect.poll(statuses, WITHIN).toEqual(['completed', 'completed', 'queued']);
    await movePrice(assetId, '70');
    await expect.poll(statuses, WITHIN).toEqual(['completed', 'completed', 'completed']);
    // 1000 - 300.75, then 119.70, 107.73 and 69.82 come in.
    expect(await cashOf(trader)).toMatchObject({ current_balance: '996.50', held_balance: '0.00' });
  });

  it('expire by themselves', async () => {
    const trader = await newTrader('1000');
    const assetId = await newAsset(trader);
    const expires_at = new Date(Date.now() + EXPIRES_IN_MILLISECONDS).toISOString();
    const body = { asset_id: assetId, order_type: 'limit_buy', quantity: '1', price: '90', expires_at };
    const placed = await place(trader, body);
    await expect.poll(async () => (await orderOf(trader, placed.order_id)).status, WITHIN).toBe('expired');
    expect(await cashOf(trader)).toMatchObject({ current_balance: '1000.00', held_balance: '0.00' });
  });
});

describe('an order with a client_order_id', () => {
  it('is placed once even if it is sent many times at once, and another order with its client_order_id is refused', async () => {
    const trader = await newTrader('1000');
    const assetId = await newAsset(trader);
    const body = {
      asset_id: assetId,
      order_type: 'limit_buy',
      quantity: '1',
      price: '90',
      client_order_id: 'mine',
    };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => trader.send('POST', '/orders', { body })),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(19);
    expect(new Set(answers.map((answer) => answer.json<{ data: Order }>().data.order_id)).size).toBe(1);
    expectStatus(await trader.send('POST', '/orders', { body: { ...body, quantity: '2' } }), 422);
    expect((await cashOf(trader)).held_balance).toBe('90.23');
  });
});

describe('a preview', () => {
  it('names all errors and changes nothing', async () => {
    const trader = await newTrader('10');
    const assetId = await newAsset(trader);
    const body = {
      asset_id: assetId,
      order_type: 'market_buy',
      quantity: '1',
      price: '1',
      price_bound: '99.99',
    };
    const answer = expectStatus(await trader.send('POST', '/orders/preview', { body }), 200);
    const { reasons } = answer.json<{ data: Preview }>().data;
    expect(reasons.map(({ code, field }) => [code, field])).toEqual([
      ['VAL_001', 'price'],
      ['BUS_002', 'price_bound'],
      ['BUS_001', null],
    ]);
    expect((await trader.send('GET', '/orders')).json<{ data: unknown[] }>().data).toEqual([]);
    expect(await cashOf(trader)).toMatchObject({ current_balance: '10.00', held_balance: '0.00' });
  });
});

describe('the store afterwards', () => {
  it('has no violation', async () => {
    await platform.stopAndAudit();
  });
});
