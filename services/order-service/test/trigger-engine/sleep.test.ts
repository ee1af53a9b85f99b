import { setImmediate } from 'node:timers/promises';
import type { TableStore } from '@cnop/common/database/table-store';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterEach, describe, expect, it } from 'vitest';
import { createSleep } from '../../src/trigger-engine/sleep.ts';
import type { Market } from './market.ts';
import { openMarket } from './market.ts';

let market: Market;
afterEach(() => market.dispose());

let queries = 0;
const counted = (store: TableStore): TableStore => ({
  ...store,
  query: async (query) => {
    queries += 1;
    return store.query(query);
  },
});

/** Opens a market whose engine sleeps, since no order has been open for a while. */
async function openSleepingMarket(): Promise<void> {
  market = await openMarket({ engineStore: counted });
  market.clock.advanceSeconds(10);
  await market.engine().sweep();
  queries = 0;
}

/** Lets the engine do what it is going to do. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await setImmediate();
}

describe('an engine without open orders', () => {
  it('reads nothing for new quotes', async () => {
    await openSleepingMarket();
    market.publish('99', '98', '97');
    await turns();
    expect(queries).toBe(0);
  });

  it('wakes when an order is announced, and triggers it by the next quote', async () => {
    await openSleepingMarket();
    const { order_id } = await market.place({ order_type: 'limit_buy', price: '95' });
    market.engine().wake();
    market.publish('90');
    await expect.poll(async () => (await market.order(order_id)).status).toBe('completed');
  });

  it('wakes by itself when an announcement was lost', async () => {
    await openSleepingMarket();
    const { order_id } = await market.place({ order_type: 'limit_buy', price: '95' });
    market.publish('90');
    await expect
      .poll(async () => (await market.order(order_id)).status, { timeout: 10_000 })
      .toBe('completed');
  });

  it.each([
    ['stop_loss', { stop_price: '95' }],
    ['trailing_stop', { trail_amount: '8' }],
  ] as const)('misses no quote that came after a %s and before it woke', async (order_type, terms) => {
    await openSleepingMarket();
    market.publish('102');
    const { order_id } = await market.place({ order_type, ...terms });
    market.publish('103', '94', '101');
    await market.engine().whenIdle();
    expect(await market.order(order_id)).toMatchObject({
      status: 'completed',
      executed_price: '101',
      trigger_quote: { bid: '94' },
    });
  });

  it('does not trigger an order by a quote from before its acceptance', async () => {
    await openSleepingMarket();
    market.publish('90', '100');
    const stop = await market.place({ order_type: 'stop_loss', stop_price: '95' });
    const trail = await market.place({ order_type: 'trailing_stop', trail_amount: '5' });
    market.publish('99');
    await market.engine().whenIdle();
    expect((await market.order(stop.order_id)).status).toBe('queued');
    expect((await market.order(trail.order_id)).status).toBe('queued');
  });
});

it('an order announced during the look at the index keeps the engine awake', async () => {
  market = await openMarket();
  const clock = createFakeClock();
  let answer: (hasOrders: boolean) => void = () => undefined;
  const sleep = createSleep({
    triggerIndex: {
      hasOpenOrders: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    },
    monotonicClock: clock,
    onWake: () => undefined,
  });
  clock.advanceSeconds(10);
  const looking = sleep.look();
  sleep.wake();
  answer(false);
  await looking;
  expect(sleep.isAwake()).toBe(true);
  clock.advanceSeconds(10);
  const again = sleep.look();
  answer(false);
  await again;
  expect(sleep.isAwake()).toBe(false);
});
