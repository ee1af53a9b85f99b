import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { RefundProposal } from '@cnop/common/entities/order/refund-proposal';
import type { UserRole, UserStatus } from '@cnop/common/entities/user/user';
import { aUser } from '@cnop/testing/builders/user';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { resetMarket, startOrderService } from '../order-service-under-test.ts';
import type { OrderAnswer, ProblemAnswer, Trader } from '../trader.ts';
import { buy, createTrader } from '../trader.ts';

type Headers = Readonly<Record<string, string>>;
interface Explanation {
  readonly data: { readonly timeline: readonly { readonly event: string; readonly text: string }[] };
}

const REASON = 'The price was wrong';

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
beforeEach(() => resetMarket(service));
afterAll(() => service.dispose());

let staffCount = 0;

/** Signs in a member of staff with a stored account. */
async function staff(role: UserRole = 'admin', status: UserStatus = 'active'): Promise<Headers> {
  staffCount += 1;
  const user = aUser({
    username: `staff${staffCount}`,
    email: `staff${staffCount}@example.com`,
    role,
    status,
  });
  const writes = [userRecord.create(user), emailClaimRecord.create(user)];
  await service.runtime.store.transact({}, () => ({ writes, result: undefined }));
  return service.runtime.signIn(user.username, role);
}

const post = async (url: string, payload: object, headers: Headers) =>
  service.app.inject({ method: 'POST', url, payload, headers });

const propose = async (headers: Headers, { order_id }: { readonly order_id: string }, body: object = {}) =>
  post(`/admin/orders/${order_id}/refund`, { reason: REASON, ...body }, headers);

const approve = async (headers: Headers, { order_id, proposal_id }: RefundProposal, extra: Headers = {}) =>
  post(`/admin/orders/${order_id}/refund/approve`, { proposal_id }, { ...headers, ...extra });

/** Proposes and approves a refund, and returns the refunded order. */
async function refund(order: OrderDocument, body: object = {}): Promise<OrderDocument> {
  const proposed = await propose(await staff(), order, body);
  expect(proposed.statusCode, proposed.body).toBe(202);
  const approved = await approve(await staff(), proposed.json<{ data: RefundProposal }>().data);
  expect(approved.statusCode, approved.body).toBe(200);
  return approved.json<OrderAnswer>().data;
}

const sell = (quantity: string, asset_id: string) => ({ asset_id, order_type: 'market_sell', quantity });

const total = (legs: readonly { readonly amount: string }[]): number =>
  legs.reduce((sum, { amount }) => sum + Number(amount), 0);

async function goldBuyer(): Promise<{ readonly trader: Trader; readonly order: OrderDocument }> {
  const trader = await createTrader(service, '10000');
  // GOLD at 2000 has an ask of 2010, and a fee of 25 basis points: 2010 and 5.03.
  return { trader, order: await trader.placed(buy('1', 'GOLD')) };
}

describe('the refund of a buy', () => {
  it('restores cash and position, and reverses what each account of the house received', async () => {
    const { trader, order } = await goldBuyer();
    expect(await trader.cash()).toBe('7984.97');
    const refunded = await refund(order);
    expect(refunded.refund).toMatchObject({
      quantity: '1',
      total_amount: '2010.00',
      fees: '5.03',
      reason: REASON,
    });
    const { balance, holdings, ledger, trades, events } = await trader.funds();
    expect(balance).toMatchObject({
      current_balance: '10000.00',
      total_orders: '2015.03',
      total_refunds: '2015.03',
      transaction_count: 3,
    });
    expect(holdings).toMatchObject([{ quantity: '0', total_invested: '0.00', realized_pnl: '0.00' }]);
    const [back, payment] = ledger;
    expect(back).toMatchObject({
      transaction_type: 'order_refund',
      direction: 'credit',
      amount: '2015.03',
      reference_id: order.order_id,
    });
    const reversed = payment?.legs.map(({ account, amount }) => ({ account, amount: `-${amount}` }));
    expect(back?.legs).toEqual(reversed);
    expect(trades[0]).toMatchObject({
      transaction_type: 'buy_refund',
      transaction_id: refunded.refund?.refund_id,
      order_id: order.order_id,
      quantity: '1',
      total_amount: '2010.00',
      fees: '5.03',
      realized_pnl: '0.00',
    });
    expect(events.at(-1)).toMatchObject({
      type: 'holding.changed',
      data: {
        balance: { current_balance: '10000.00' },
        holding: { asset_id: 'GOLD', quantity: '0' },
        cause: 'refund',
      },
    });
  });

  it('is shown in the order, in the list and in the explanation', async () => {
    const { trader, order } = await goldBuyer();
    expect(await trader.order(order.order_id)).not.toHaveProperty('refund');
    const refunded = await refund(order);
    expect(await trader.order(order.order_id)).toEqual(refunded);
    const list = (await trader.get('/orders')).json<{ data: readonly OrderDocument[] }>().data;
    expect(list).toEqual([refunded]);
    const explained = (await trader.get(`/orders/${order.order_id}/explain`)).json<Explanation>().data;
    expect(explained.timeline.at(-1)).toMatchObject({
      event: 'refunded',
      text: `Refunded: 1 GOLD were taken back for 2010.00 USD and 5.03 USD of fees. Reason: ${REASON}`,
    });
  });

  it('of a part of the units moves its share, rounded against the user', async () => {
    const { trader, order } = await goldBuyer();
    const { refund: part } = await refund(order, { quantity: '0.333' });
    // 0.333 x 2010 = 669.33; 0.333 x 5.03 = 1.67499.
    expect(part).toMatchObject({ quantity: '0.333', total_amount: '669.33', fees: '1.67' });
    const { balance, holdings, ledger } = await trader.funds();
    expect(balance).toMatchObject({ current_balance: '8655.97', total_refunds: '671.00' });
    expect(holdings).toMatchObject([{ quantity: '0.667', total_invested: '1344.03', realized_pnl: '0.00' }]);
    expect(total(ledger[0]?.legs ?? [])).toBeCloseTo(-671, 10);
  });

  it('takes away the cost that the order brought, and leaves that of other buys', async () => {
    const trader = await createTrader(service, '100000');
    const dear = await trader.placed(buy('1'));
    service.setPrice('BTC', '10000');
    await trader.placed(buy('1'));
    await refund(dear);
    expect(await trader.holding('BTC')).toMatchObject({
      quantity: '1',
      total_invested: '10000.00',
      average_purchase_price: '10000',
      realized_pnl: '0.00',
    });
  });

  it('realises what exceeds the cost that sales have left', async () => {
    const trader = await createTrader(service, '100000');
    const dear = await trader.placed(buy('1'));
    service.setPrice('BTC', '10000');
    await trader.placed(buy('1'));
    // At the average cost of 30,000 this loses 15,000, and leaves a cost of 45,000.
    await trader.placed(sell('0.5', 'BTC'));
    await refund(dear);
    // 50,000 came back for a cost of 45,000.
    expect(await trader.holding('BTC')).toMatchObject({
      quantity: '0.5',
      total_invested: '0.00',
      average_purchase_price: '0',
      realized_pnl: '-5000.00',
    });
  });

  it('is refused when the units were sold or are held, and names the rest', async () => {
    const { trader, order } = await goldBuyer();
    await trader.placed(sell('0.4', 'GOLD'));
    await trader.placed({ ...sell('0.1', 'GOLD'), order_type: 'limit_sell', price: '3000' });
    const refused = await propose(await staff(), order);
    expect(refused.statusCode).toBe(422);
    expect(refused.json()).toMatchObject({ code: 'BUS_001', available: '0.5', required: '1' });
    expect((await refund(order, { quantity: '0.5' })).refund?.quantity).toBe('0.5');
  });
});

describe('the refund of a sale', () => {
  it('restores cash, position, cost and profit', async () => {
    const { trader } = await goldBuyer();
    const before = await trader.holding('GOLD');
    service.setPrice('GOLD', '3000');
    const cash = await trader.cash();
    const sale = await trader.placed(sell('0.5', 'GOLD'));
    await refund(sale);
    expect(await trader.cash()).toBe(cash);
    const after = await trader.holding('GOLD');
    expect(after).toMatchObject({
      quantity: before?.quantity,
      total_invested: before?.total_invested,
      realized_pnl: '0.00',
    });
    const { balance, ledger, trades } = await trader.funds();
    expect(balance?.total_refunds).toBe('0.00');
    expect(ledger[0]).toMatchObject({ transaction_type: 'order_refund', direction: 'debit' });
    expect(trades[0]?.transaction_type).toBe('sell_refund');
  });

  it('is refused without the cash that it brought', async () => {
    const { trader } = await goldBuyer();
    const sale = await trader.placed(sell('1', 'GOLD'));
    const all = (Number(await trader.cash()) / 50_000).toFixed(6);
    await trader.placed(buy((Number(all) - 0.000001).toFixed(6)));
    const refused = await propose(await staff(), sale);
    expect(refused.json<ProblemAnswer>().code).toBe('BUS_001');
  });
});

describe('a proposal', () => {
  it('is listed until it is decided, moves nothing before, and is made once', async () => {
    const { trader, order } = await goldBuyer();
    const proposer = await staff('moderator');
    const first = (await propose(proposer, order)).json<{ data: RefundProposal }>().data;
    expect((await propose(proposer, order)).json()).toEqual({ data: first });
    expect((await propose(proposer, order, { reason: 'Another' })).statusCode).toBe(409);
    expect(await trader.cash()).toBe('7984.97');
    const listed = async () =>
      (await service.app.inject({ url: '/admin/refunds', headers: proposer })).json<{
        data: readonly RefundProposal[];
      }>().data;
    expect(await listed()).toContainEqual(first);
    const url = `/admin/orders/${order.order_id}/refund/reject`;
    const { proposal_id } = first;
    expect((await post(url, { proposal_id }, await staff('moderator'))).statusCode).toBe(403);
    expect((await post(url, { proposal_id }, proposer)).statusCode).toBe(200);
    expect(await listed()).not.toContainEqual(first);
    expect((await approve(await staff(), first)).statusCode).toBe(404);
  });

  it('expires after a week', async () => {
    const { order } = await goldBuyer();
    const proposal = (await propose(await staff(), order)).json<{ data: RefundProposal }>().data;
    service.clock.advanceMilliseconds(7 * 24 * 3_600_000);
    expect((await approve(await staff(), proposal)).statusCode).toBe(404);
  });

  it('is approved by another, active administrator only', async () => {
    const { order } = await goldBuyer();
    const proposer = await staff();
    const proposal = (await propose(proposer, order)).json<{ data: RefundProposal }>().data;
    for (const headers of [proposer, await staff('moderator'), await staff('admin', 'suspended')]) {
      expect((await approve(headers, proposal)).statusCode).toBe(403);
    }
    expect((await approve(await staff(), proposal)).statusCode).toBe(200);
  });

  it('is refused for an order of one’s own', async () => {
    const { trader, order } = await goldBuyer();
    const own = await service.runtime.signIn(trader.username, 'admin');
    expect((await propose(own, order)).statusCode).toBe(403);
  });

  it.each([
    ['an unknown order', 'unknown', {}, 404],
    ['a quantity that the order does not have', undefined, { quantity: '1.1' }, 422],
    ['more digits than the asset has', undefined, { quantity: '0.000000001' }, 422],
    ['no reason', undefined, { reason: ' ' }, 422],
  ])('is refused for %s', async (_what, order_id, body, status) => {
    const { order } = await goldBuyer();
    const answer = await propose(
      await staff(),
      order_id === undefined ? order : { ...order, order_id: order.order_id.replace(/.$/, 'x') },
      body,
    );
    expect(answer.statusCode, answer.body).toBe(status);
  });

  it('is refused for an order that is not filled', async () => {
    const trader = await createTrader(service, '10000');
    const open = await trader.placed({
      asset_id: 'BTC',
      order_type: 'limit_buy',
      quantity: '0.1',
      price: '100',
    });
    expect((await propose(await staff(), open)).statusCode).toBe(409);
  });
});

describe('an approval', () => {
  it('takes effect once: repeated with its key, and for the order', async () => {
    const { trader, order } = await goldBuyer();
    const proposal = (await propose(await staff(), order)).json<{ data: RefundProposal }>().data;
    const admin = await staff();
    const key = { 'idempotency-key': 'approve-1' };
    const [one, other] = await Promise.all([approve(admin, proposal, key), approve(admin, proposal, key)]);
    expect([one.statusCode, other.statusCode]).toEqual([200, 200]);
    expect(one.json()).toEqual(other.json());
    expect(await trader.cash()).toBe('10000.00');
    const again = await propose(await staff(), order);
    expect(again.json()).toMatchObject({ code: 'RES_003', detail: 'The order is refunded already.' });
  });

  it('records who proposed and approved it, and why', async () => {
    const { trader, order } = await goldBuyer();
    await refund(order);
    const { items } = await service.runtime.store.query({
      table: 'users',
      pk: `AUDIT#${trader.username}`,
      order: 'descending',
      limit: 2,
    });
    expect(items.map(({ attributes }) => attributes)).toMatchObject([
      {
        actor: `staff${staffCount}`,
        detail: { action: 'approve_refund', order_id: order.order_id, reason: REASON, quantity: '1' },
        changes: [{ field: 'current_balance', before: '7984.97', after: '10000.00' }],
      },
      { actor: `staff${staffCount - 1}`, detail: { action: 'propose_refund', reason: REASON } },
    ]);
  });
});

describe('a preview', () => {
  it('tells what the refund would move, or why it is refused, and writes nothing', async () => {
    const { trader, order } = await goldBuyer();
    const preview = async (body: object) =>
      (await post(`/admin/orders/${order.order_id}/refund/preview`, body, await staff())).json<{
        data: object;
      }>();
    expect((await preview({})).data).toEqual({
      would_be: 'refunded',
      refund: { quantity: '1', total_amount: '2010.00', fees: '5.03' },
      cash: { before: '7984.97', after: '10000.00' },
      position: { before: '1', after: '0' },
      realized_pnl: '0.00',
      reasons: [],
    });
    expect((await preview({ quantity: '2' })).data).toMatchObject({
      would_be: 'refused',
      refund: null,
      reasons: [{ code: 'VAL_001', message: 'The order has 1 units.' }],
    });
    expect(await trader.cash()).toBe('7984.97');
  });
});
