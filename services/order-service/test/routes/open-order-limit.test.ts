import { balanceRecord, createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expireOrder } from '../../src/use-cases/change-open-order.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { keysOf, startOrderService, triggerNow } from '../order-service-under-test.ts';
import type { ProblemAnswer, Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

const LIMIT = 4;
const LOW_BUY = { asset_id: 'BTC', order_type: 'limit_buy', quantity: '0.001', price: '20000' } as const;

let service: OrderServiceUnderTest;
let trader: Trader;

beforeAll(async () => {
  service = await startOrderService({ maxOpenOrders: LIMIT });
});
beforeEach(async () => {
  service.refreshPrices();
  trader = await createTrader(service, '10000');
});
afterAll(() => service.dispose());

const count = async (): Promise<number | null | undefined> =>
  (await createBalanceDao(service.runtime.store).getBalance(trader.username))?.open_order_count;

async function placeMany(number: number): Promise<void> {
  for (let placed = 0; placed < number; placed += 1) await trader.placed(LOW_BUY);
}

/** Stores the balance as a version without a count of open orders did. */
async function forgetCount(): Promise<void> {
  const key = balanceRecord.key(trader);
  await service.runtime.store.transact({ balance: key }, ({ balance }) => {
    const { open_order_count: _, trading_block: __, ...attributes } = balance!.attributes;
    return { writes: [{ kind: 'replace', key, attributes }], result: undefined };
  });
}

describe('the limit of open orders', () => {
  it('refuses one more order with 422, the limit and the count, and changes nothing', async () => {
    await placeMany(LIMIT);
    const before = await trader.funds();
    const refused = await trader.place(LOW_BUY);
    expect(refused.statusCode).toBe(422);
    expect(refused.json<ProblemAnswer>()).toMatchObject({
      code: 'BUS_002',
      open_orders: LIMIT,
      limit: LIMIT,
    });
    expect(await trader.funds()).toEqual(before);
    const preview = await trader.preview(LOW_BUY);
    expect(preview.json()).toMatchObject({ data: { would_be: 'refused', reasons: [{ code: 'BUS_002' }] } });
  });

  it('does not apply to an order that executes at once', async () => {
    await placeMany(LIMIT);
    await trader.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' });
    await trader.placed({ ...LOW_BUY, price: '60000' });
    expect(await count()).toBe(LIMIT);
  });

  it('admits another order after one is cancelled, expires or executes', async () => {
    await placeMany(LIMIT - 1);
    const expires_at = new Date(service.clock.now().getTime() + 10_000).toISOString();
    const expiring = await trader.placed({ ...LOW_BUY, expires_at });
    const [first, second] = (await trader.funds()).orders.filter(
      ({ order_id }) => order_id !== expiring.order_id,
    );
    expect((await trader.cancel(first!.order_id)).statusCode).toBe(200);
    expect(await count()).toBe(LIMIT - 1);
    service.setPrice('BTC', '15000');
    expect((await triggerNow(service, second!))?.status).toBe('completed');
    expect(await count()).toBe(LIMIT - 2);
    service.clock.advanceSeconds(11);
    expect((await expireOrder(service.ordering, keysOf(expiring)))?.status).toBe('expired');
    expect(await count()).toBe(LIMIT - 3);
    service.setPrice('BTC', '50000');
  });

  it('holds when many orders arrive at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 5 * LIMIT }, () => trader.place(LOW_BUY)));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(LIMIT);
    expect(answers.filter(({ statusCode }) => statusCode === 422)).toHaveLength(4 * LIMIT);
    expect(await count()).toBe(LIMIT);
  });

  it('counts the open orders of an earlier version when an order needs the count', async () => {
    await placeMany(LIMIT - 1);
    await forgetCount();
    await trader.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' });
    expect(await count()).toBeNull();
    const answers = await Promise.all([1, 2, 3].map(() => trader.place(LOW_BUY)));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
    expect(await count()).toBe(LIMIT);
  });
});
