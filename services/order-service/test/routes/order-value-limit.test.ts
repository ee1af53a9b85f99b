import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { UserTier } from '@cnop/common/entities/user/user';
import { aUsd } from '@cnop/testing/builders/brands';
import { aUser } from '@cnop/testing/builders/user';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { resetMarket, startOrderService } from '../order-service-under-test.ts';
import type { ProblemAnswer, Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

let service: OrderServiceUnderTest;
let trader: Trader;

beforeAll(async () => {
  service = await startOrderService({
    tierLimits: { standard: { order: aUsd('1000') }, professional: { deposit: aUsd('1') } },
  });
});
beforeEach(async () => {
  resetMarket(service);
  trader = await createTrader(service, '10000');
});
afterAll(() => service.dispose());

const order = (order_type: string, quantity: string, terms: object = {}) => ({
  asset_id: 'BTC',
  order_type,
  quantity,
  ...terms,
});

/** Stores the user of the trader, in a tier. */
async function setTier(tier: UserTier): Promise<void> {
  const user = aUser({ username: trader.username, tier });
  await service.runtime.store.transact({}, () => ({ writes: [userRecord.create(user)], result: undefined }));
}

describe('the largest value of an order', () => {
  it.each([
    ['a market order', order('market_buy', '0.021')],
    ['a limit order at its limit', order('limit_buy', '0.0501', { price: '20000' })],
    ['a stop at its price', order('stop_loss', '0.026', { stop_price: '40000' })],
  ])('refuses %s that is worth more, and the preview says so', async (_what, request) => {
    await trader.placed(order('market_buy', '0.018'));
    await trader.placed(order('market_buy', '0.018'));
    const before = await trader.funds();
    const refused = await trader.place(request);
    expect(refused.statusCode).toBe(422);
    expect(refused.json<ProblemAnswer>()).toMatchObject({ code: 'BUS_004', limit: '1000' });
    expect(await trader.funds()).toEqual(before);
    const { data } = (await trader.preview(request)).json<{ data: { reasons: { code: string }[] } }>();
    expect(data).toMatchObject({ would_be: 'refused' });
    expect(data.reasons.map(({ code }) => code)).toEqual(['BUS_004']);
  });

  it('admits an order of exactly that value, and any order of a tier without the limit', async () => {
    await trader.placed(order('limit_buy', '0.05', { price: '20000' }));
    await setTier('professional');
    await trader.placed(order('market_buy', '0.1'));
  });

  it('does not change the answer to a retry', async () => {
    const request = order('limit_buy', '0.05', { price: '20000' });
    const first = await trader.place(request, { 'idempotency-key': 'k-1' });
    expect(first.statusCode).toBe(201);
    await setTier('standard');
    const again = await trader.place(request, { 'idempotency-key': 'k-1' });
    expect(again.body).toBe(first.body);
  });
});
