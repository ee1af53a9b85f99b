import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import {
  MAX_QUOTE_AGE_SECONDS,
  resetMarket,
  startOrderService,
  triggerNow,
} from '../order-service-under-test.ts';
import type { ProblemAnswer, Trader } from '../trader.ts';
import { buy, createTrader, limitBuy } from '../trader.ts';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());
beforeEach(() => resetMarket(service));

const trader = (usd?: string) => createTrader(service, usd);

const trigger = (open: OrderDocument) => triggerNow(service, open);

async function expectUnchanged(user: Trader, before: unknown): Promise<void> {
  expect(await user.funds()).toEqual(before);
}

describe('a suspended quote', () => {
  it('refuses orders with a Retry-After until the jump is confirmed or dropped', async () => {
    const jo = await createTrader(service, '100000');
    for (const price of ['50000', '80000']) {
      service.suspendPrice('BTC');
      for (const type of [{ order_type: 'market_buy' }, { order_type: 'limit_buy', price: '60000' }]) {
        const response = await jo.place({ asset_id: 'BTC', quantity: '0.1', ...type });
        expect(response.statusCode, response.body).toBe(503);
        expect(response.headers['retry-after']).toBe('2');
        expect(response.json<ProblemAnswer>()).toMatchObject({
          code: 'SVC_001',
          retryable: true,
          detail: 'The price of BTC jumped and waits for confirmation: try again in a moment.',
        });
      }
      const preview = await jo.preview({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' });
      expect(preview.json<{ data: OrderPreview }>().data).toMatchObject({
        would_be: 'refused',
        reasons: [
          {
            code: 'SVC_001',
            message: 'The price of BTC jumped and waits for confirmation: try again in a moment.',
          },
        ],
      });
      service.setPrice('BTC', price);
      const placed = await jo.placed({ asset_id: 'BTC', order_type: 'market_buy', quantity: '0.1' });
      expect(placed.executed_price).toBe(price);
    }
    service.setPrice('BTC', '50000');
  });
});

describe('a quote from the future', () => {
  it.each([
    [2_000, 201],
    [2_001, 503],
  ])('of %i ms ahead answers %i', async (ahead, status) => {
    const lea = await trader('1000');
    const before = await lea.funds();
    service.clock.set(new Date(service.clock.now().getTime() - ahead));
    for (const request of [buy('0.001'), limitBuy('0.001', '40000')]) {
      const response = await lea.place(request);
      expect(response.statusCode).toBe(status);
      if (status === 201) continue;
      expect(response.json<ProblemAnswer>()).toMatchObject({
        code: 'SVC_001',
        retryable: true,
        detail:
          'The price of BTC is from the future: the clocks of two machines differ. Try again in a moment.',
      });
      await expectUnchanged(lea, before);
    }
  });

  it('does not trigger an open order', async () => {
    const lea = await trader('1000');
    const open = await lea.placed(limitBuy('0.001', '40000'));
    service.setPrice('BTC', '40000');
    service.clock.set(new Date(service.clock.now().getTime() - 300_000));
    expect(await trigger(open)).toBeUndefined();
    service.clock.advanceSeconds(300);
    expect(await trigger(open)).toMatchObject({ status: 'completed' });
  });
});

describe('an old quote', () => {
  it.each([
    [MAX_QUOTE_AGE_SECONDS * 1_000, 201],
    [MAX_QUOTE_AGE_SECONDS * 1_000 + 1, 503],
  ])('of %i ms answers %i', async (age, status) => {
    const lea = await trader('1000');
    const before = await lea.funds();
    service.clock.advanceMilliseconds(age);
    for (const request of [buy('0.001'), limitBuy('0.001', '40000')]) {
      const response = await lea.place(request);
      expect(response.statusCode).toBe(status);
      if (status === 201) continue;
      expect(response.json<ProblemAnswer>()).toMatchObject({ code: 'SVC_001', retryable: true });
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      await expectUnchanged(lea, before);
    }
  });

  it('does not trigger an open order', async () => {
    const mia = await trader('1000');
    const placed = await mia.placed(limitBuy('0.01', '40000'));
    service.setPrice('BTC', '39000');
    service.clock.advanceSeconds(MAX_QUOTE_AGE_SECONDS + 1);
    expect(await trigger(placed)).toBeUndefined();
    expect(await mia.order(placed.order_id)).toEqual(placed);
    service.refreshPrices();
    expect(await trigger(placed)).toMatchObject({ status: 'completed' });
  });
});
