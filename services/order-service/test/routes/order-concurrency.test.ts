import { decimal } from '@cnop/common/core/money';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expireOrder } from '../../src/use-cases/change-open-order.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { keysOf, startOrderService, triggerNow } from '../order-service-under-test.ts';
import type { OrderAnswer, ProblemAnswer, Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());
beforeEach(() => service.setPrice('BTC', '50000'));

const limitBuy = (quantity: string, price: string) => ({
  asset_id: 'BTC',
  order_type: 'limit_buy',
  quantity,
  price,
});

const trigger = (order: OrderDocument) => triggerNow(service, order);

/** Checks the invariants: holds equal those of open orders, the ledger sums to the balance, no event is missing. */
async function expectSettled(trader: Trader): Promise<void> {
  const { balance, holdings, ledger, orders, events, trades } = await trader.funds();
  const add = (amounts: readonly string[]): string =>
    amounts.reduce((sum, amount) => sum.plus(amount), decimal('0')).toFixed();
  const open = orders.filter(({ status }) => status === 'queued');
  const buying = open.filter(({ order_type }) => order_type === 'limit_buy');
  const selling = open.filter(({ order_type }) => order_type !== 'limit_buy');
  expect(decimal(balance?.held_balance ?? '').toFixed()).toBe(
    add(buying.map(({ held_amount }) => held_amount)),
  );
  expect(add(holdings.map(({ held_quantity }) => held_quantity))).toBe(
    add(selling.map(({ held_amount }) => held_amount)),
  );
  expect(ledger[0]?.new_balance).toBe(balance?.current_balance);
  expect(ledger.map(({ sequence }) => sequence)).toEqual(ledger.map((_, i) => ledger.length - i));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
  expect(balance?.event_seq).toBe(events.length);
  const completed = orders.filter(({ status }) => status === 'completed');
  expect(trades.map(({ order_id }) => String(order_id)).toSorted()).toEqual(
    completed.map(({ order_id }) => order_id).toSorted(),
  );
}

describe('concurrent changes', () => {
  it('let exactly one of a cancellation and a trigger win, 200 times', async () => {
    const wins = { cancel: 0, trigger: 0 };
    for (let batch = 0; batch < 10; batch += 1) {
      service.setPrice('BTC', '50000');
      const trader = await createTrader(service, '1000');
      const orders = await Promise.all(
        Array.from({ length: 20 }, () => trader.placed(limitBuy('0.001', '40000'))),
      );
      service.setPrice('BTC', '39000');
      await Promise.all(
        orders.map(async (order, index) => {
          // A request takes longer than a trigger; in half of the cases it starts first.
          const triggering = async () => {
            if (index % 2 === 0) await trader.get(`/orders/${order.order_id}`);
            return trigger(order);
          };
          const [cancelled, triggered] = await Promise.all([trader.cancel(order.order_id), triggering()]);
          const isTriggered = triggered?.status === 'completed';
          expect(cancelled.statusCode).toBe(isTriggered ? 409 : 200);
          const final = await trader.order(order.order_id);
          expect(final.status).toBe(isTriggered ? 'completed' : 'cancelled');
          expect(final.held_amount).toBe('0');
          wins[isTriggered ? 'trigger' : 'cancel'] += 1;
        }),
      );
      expect(await trader.held()).toBe('0.00');
      await expectSettled(trader);
    }
    expect(wins.cancel + wins.trigger).toBe(200);
    // Both must win sometimes.
    expect(Math.min(wins.cancel, wins.trigger)).toBeGreaterThan(0);
  });

  it('of ten triggers, ten cancellations and ten expiries end an order once', async () => {
    const trader = await createTrader(service, '1000');
    const order = await trader.placed({
      ...limitBuy('0.001', '40000'),
      expires_at: '2026-01-15T12:00:10.000Z',
    });
    service.setPrice('BTC', '39000');
    const ends = await Promise.all(
      Array.from({ length: 10 }, () => [
        trigger(order),
        trader
          .cancel(order.order_id)
          .then((answer) => (answer.statusCode === 200 ? answer.json<OrderAnswer>().data : undefined)),
        expireOrder(service.ordering, keysOf(order)),
      ]).flat(),
    );
    expect(ends.filter((end) => end !== undefined)).toHaveLength(1);
    await expectSettled(trader);
  });

  it('with one client_order_id place one order and return it 99 times', async () => {
    const trader = await createTrader(service, '100000');
    const request = { ...limitBuy('0.001', '40000'), client_order_id: 'once' };
    const answers = await Promise.all(Array.from({ length: 100 }, () => trader.place(request)));
    const codes = answers.map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code === 201)).toHaveLength(1);
    expect(codes.filter((code) => code === 200)).toHaveLength(99);
    expect(new Set(answers.map((answer) => answer.json<OrderAnswer>().data.order_id)).size).toBe(1);
    expect(await trader.held()).toBe('40.00');
    await expectSettled(trader);
  });

  it('with one client_order_id and 50 payloads place one order and refuse the other payloads', async () => {
    const trader = await createTrader(service, '100000');
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        trader.place({ ...limitBuy(`0.00${(i % 50) + 10}`, '40000'), client_order_id: 'mixed' }),
      ),
    );
    const codes = answers.map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code === 201)).toHaveLength(1);
    expect(codes.filter((code) => code === 200)).toHaveLength(1);
    expect(codes.filter((code) => code === 422)).toHaveLength(98);
    await expectSettled(trader);
  });

  it('accept exactly 100 of 200 limit orders when the cash covers 100', async () => {
    const trader = await createTrader(service, '4000');
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => trader.place(limitBuy('0.001', '40000'))),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(100);
    const refused = answers.filter(({ statusCode }) => statusCode === 422);
    expect(refused.map((answer) => answer.json<ProblemAnswer>().code)).toEqual(Array(100).fill('BUS_001'));
    expect([await trader.cash(), await trader.held()]).toEqual(['4000.00', '4000.00']);
    await expectSettled(trader);
  });

  it('accept exactly 100 of 200 stops when the position covers 100', async () => {
    const trader = await createTrader(service, '500');
    await trader.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' });
    const stop = { asset_id: 'BTC', order_type: 'stop_loss', quantity: '0.0001', stop_price: '40000' };
    const answers = await Promise.all(Array.from({ length: 200 }, () => trader.place(stop)));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(100);
    expect(await trader.holding('BTC')).toMatchObject({ quantity: '0.01', held_quantity: '0.01' });
    expect(
      (await trader.place({ ...stop, order_type: 'market_sell', stop_price: null, quantity: 'max' }))
        .statusCode,
    ).toBe(422);
    await expectSettled(trader);
  });

  it('of orders, triggers and cancellations keep the funds of an account consistent', async () => {
    const trader = await createTrader(service, '5000');
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const order = await trader.placed(limitBuy('0.001', String(49_000 - i)));
        if (i % 3 === 0) await trader.cancel(order.order_id);
        if (i % 3 === 1) {
          service.setPrice('BTC', String(48_000 - i));
          await trigger(order);
          service.setPrice('BTC', '50000');
        }
      }),
    );
    await expectSettled(trader);
    const { orders } = await trader.funds();
    expect(new Set(orders.map(({ status }) => status))).toContain('cancelled');
  });
});
