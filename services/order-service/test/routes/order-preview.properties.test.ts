import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import { orderPreviewSchema } from '@cnop/common/entities/order/order-preview';
import { decimals, scaled } from '@cnop/testing/trade-arithmetic';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { MAX_QUOTE_AGE_SECONDS, startOrderService } from '../order-service-under-test.ts';
import type { OrderAnswer, ProblemAnswer, Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

const START = '2026-01-15T12:00:00.000Z';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());
beforeEach(() => {
  service.clock.set(START);
  service.setPrice('BTC', '50000');
  service.setPrice('GOLD', '2000');
});

const trader = (usd?: string) => createTrader(service, usd);
const buy = (quantity: string, asset_id = 'BTC') => ({ asset_id, order_type: 'market_buy', quantity });

async function previewed(user: Trader, request: unknown): Promise<OrderPreview> {
  const response = await user.preview(request);
  expect(response.statusCode, response.body).toBe(200);
  const preview = response.json<{ readonly data: OrderPreview }>().data;
  expect(orderPreviewSchema.parse(preview)).toEqual(preview);
  return preview;
}

const SECONDS = fc.constantFrom(0, 0, 0, 0, MAX_QUOTE_AGE_SECONDS, MAX_QUOTE_AGE_SECONDS + 1);
const ASSETS = fc.constantFrom('BTC', 'BTC', 'GOLD', 'GOLD', 'DOGE', 'SPOT', 'ETH');
const TYPES = fc.constantFrom(
  'market_buy',
  'market_sell',
  'limit_buy',
  'limit_sell',
  'stop_loss',
  'take_profit',
  'trailing_stop',
);
/** Generates prices on either side of the current one, with and without trailing zeros, some with a digit too many. */
const near = (price: number) =>
  fc.oneof(
    fc.integer({ min: 800, max: 1_200 }).map((permille) => ((price * permille) / 1_000).toFixed(2)),
    fc.constantFrom(String(price), `${price}.00`, `${price}.001`, '0.01', '999999999999999'),
  );
const PRICES: Readonly<Record<string, number>> = {
  BTC: 50_000,
  GOLD: 2_000,
  DOGE: 1,
  SPOT: 7,
  ETH: 100,
};
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 1, arbitrary }, { weight: 5, arbitrary: fc.constant(undefined) });
const usually = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: fc.constant(undefined) });

/** Generates mostly valid orders, some with an invalid field. */
const requests = fc.tuple(ASSETS, TYPES).chain(([asset_id, order_type]) => {
  const price = near(PRICES[asset_id] ?? 1);
  const never = fc.constant(undefined);
  const field = (isRight: boolean, arbitrary: fc.Arbitrary<string>) =>
    isRight ? usually(arbitrary) : fc.oneof({ weight: 30, arbitrary: never }, { weight: 1, arbitrary });
  const isMarket = order_type.startsWith('market');
  const isTrail = order_type === 'trailing_stop';
  return fc.record({
    asset_id: fc.constant(asset_id),
    order_type: fc.constant(order_type),
    quantity: fc.oneof(
      { weight: 5, arbitrary: decimals(2, 150n) },
      { weight: 2, arbitrary: decimals(0, 3n) },
      { weight: 1, arbitrary: fc.constantFrom('max', '0.00000001', '0.000000001') },
    ),
    price: field(order_type.startsWith('limit'), price),
    price_bound: isMarket ? rarely(price) : never,
    stop_price: field(order_type === 'stop_loss' || order_type === 'take_profit', price),
    trail_amount: isTrail ? rarely(decimals(2, 10_000n)) : never,
    trail_percent: field(isTrail, decimals(2, 11_000n)),
    expires_at: rarely(fc.constantFrom(START, '2026-01-15T13:00:00.000Z', '2027-02-01T00:00:00.000Z')),
    client_order_id: rarely(fc.constantFrom('one', 'two')),
  });
});

const histories = fc.array(requests, { minLength: 6, maxLength: 12, size: 'max' });

describe('a preview and the order itself', () => {
  it('agree on outcome, total, fees, hold and balances for any request in any state', async () => {
    const outcomes = { executed: 0, queued: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(histories, SECONDS, async (steps, age) => {
        service.clock.set(START);
        service.refreshPrices();
        const user = await trader('400000');
        await user.placed(buy('4'));
        await user.placed(buy('4', 'GOLD'));
        for (const [index, request] of steps.entries()) {
          if (index === steps.length - 2) service.clock.advanceSeconds(age);
          const preview = await previewed(user, request);
          const response = await user.place(request);
          expectAgreement(preview, response.statusCode, response.json<OrderAnswer>().data);
          if (response.statusCode >= 400) expectNamed(preview, response.json<ProblemAnswer>());
          await expectBalances(user, preview);
          outcomes[preview.would_be] += 1;
        }
      }),
      { numRuns: 40 },
    );
    // The requests must reach every outcome.
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(20);
  });

  function expectAgreement(preview: OrderPreview, status: number, placed: OrderDocument): void {
    expect(preview.would_be === 'refused', JSON.stringify(preview.reasons)).toBe(status !== 201);
    expect(preview.reasons.length === 0).toBe(status === 201);
    if (status !== 201) return;
    expect(preview.would_be).toBe(placed.status === 'completed' ? 'executed' : 'queued');
    expect(preview.quantity).toBe(placed.quantity);
    expect(preview.total_amount).toBe(placed.total_amount);
    expect(preview.fees).toBe(placed.fees);
    expect(preview.expires_at).toBe(placed.expires_at);
    expect(preview.hold?.amount ?? '0').toBe(placed.held_amount);
    if (placed.status === 'completed') expect(preview.price).toBe(placed.executed_price);
    // A hold of cash equals the estimated total and fee.
    if (preview.hold?.unit === 'USD') {
      expect(scaled(preview.hold.amount)).toBe(scaled(preview.estimate?.cash ?? '0'));
    }
  }

  /** The reason of the refusal is among those of the preview. */
  function expectNamed(preview: OrderPreview, problem: ProblemAnswer): void {
    const named = new Set(preview.reasons.map(({ field }) => field));
    for (const { field } of problem.errors ?? []) expect(named).toContain(field);
    const codes = preview.reasons.map(({ code }) => code.replace('VAL_003', 'VAL_001'));
    expect(codes).toContain(problem.code.replace('VAL_003', 'VAL_001'));
  }

  async function expectBalances(user: Trader, preview: OrderPreview): Promise<void> {
    const { balance } = await user.funds();
    expect(preview.balance.after).toMatchObject({
      current: balance?.current_balance,
      held: balance?.held_balance,
    });
    const holding = await user.holding(preview.asset_id);
    expect(preview.holding?.after.quantity).toBe(holding?.quantity);
    expect(preview.holding?.after.held).toBe(holding?.held_quantity);
  }
});
