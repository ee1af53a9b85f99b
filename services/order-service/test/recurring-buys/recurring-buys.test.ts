import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { RecurringBuy } from '@cnop/common/entities/order/recurring-buy';
import { aTime, aUsername } from '@cnop/testing/builders/brands';
import { aUser } from '@cnop/testing/builders/user';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recurringBuyDependencies } from '../../src/recurring-buys/use-cases/manage-recurring-buys.ts';
import { runRecurringBuy } from '../../src/recurring-buys/use-cases/run-recurring-buy.ts';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { resetMarket, START, startOrderService } from '../order-service-under-test.ts';
import type { ProblemAnswer, Trader } from '../trader.ts';
import { createTrader } from '../trader.ts';

const DAY_MILLISECONDS = 86_400_000;
const HOUR_MILLISECONDS = 3_600_000;
const WEEKLY = { asset_id: 'GOLD', amount: '25', every: 'week' };

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
beforeEach(() => resetMarket(service));
afterAll(() => service.dispose());

/** Returns a trader whose account is stored, since each run reads its role. */
async function saver(usd: string): Promise<Trader> {
  const trader = await createTrader(service, usd);
  const { username } = trader;
  await createUserDao(service.runtime.store).createUser(
    aUser({ username, email: `${username}@example.com` }),
  );
  return trader;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

async function call({ headers }: Pick<Trader, 'headers'>, method: Method, path = '', body?: object) {
  const url = `/recurring-buys${path}`;
  return service.app.inject({ method, url, headers, ...(body && { payload: body }) });
}

async function create(trader: Trader, changes: object = {}): Promise<RecurringBuy> {
  const answer = await call(trader, 'POST', '', { ...WEEKLY, ...changes });
  expect(answer.statusCode).toBe(201);
  return answer.json<{ data: RecurringBuy }>().data;
}

async function read(trader: Trader, { recurring_buy_id }: RecurringBuy): Promise<RecurringBuy> {
  return (await call(trader, 'GET', `/${recurring_buy_id}`)).json<{ data: RecurringBuy }>().data;
}

/** Does all due work now, in several processes at once. */
async function runDue(): Promise<void> {
  const work = await createDueWorkDao(service.runtime.store).getDue('recurring_buy', {
    at: aTime(service.clock.now().toISOString()),
    limit: 100,
  });
  const deps = recurringBuyDependencies(service.ordering);
  const processes = [1, 2, 3];
  await Promise.all(work.items.flatMap((one) => processes.map(async () => runRecurringBuy(deps, one))));
}

/** Moves the clock and the market, signs the trader in again, and does what is due. */
async function pass(milliseconds: number): Promise<void> {
  service.clock.advanceMilliseconds(milliseconds);
  service.refreshPrices();
  await runDue();
}

async function signedInAgain(trader: Trader): Promise<Trader> {
  return { ...trader, headers: await service.runtime.signIn(trader.username) };
}

describe('a recurring buy', () => {
  it('buys at once and every week, each time once and for at most its amount', async () => {
    const ada = await saver('100');
    const created = await create(ada);
    expect(created).toMatchObject({ status: 'active', next_run_at: START, bought_runs: 0, runs: [] });
    await runDue();
    const first = await read(ada, created);
    expect(first).toMatchObject({
      next_run_at: '2026-01-22T12:00:00.000Z',
      scheduled_for: '2026-01-22T12:00:00.000Z',
      bought_runs: 1,
      runs: [{ outcome: 'bought', scheduled_for: START, error_code: null }],
    });
    await pass(7 * DAY_MILLISECONDS);
    const again = await signedInAgain(ada);
    const second = await read(again, created);
    expect(second).toMatchObject({ bought_runs: 2, next_run_at: '2026-01-29T12:00:00.000Z' });

    const { orders, trades } = await again.funds();
    expect(orders).toHaveLength(2);
    expect(trades).toHaveLength(2);
    for (const { order_type, status, description, total_amount, fees } of orders) {
      expect({ order_type, status, description }).toEqual({
        order_type: 'market_buy',
        status: 'completed',
        description: 'Recurring buy',
      });
      const cost = Number(total_amount) + Number(fees);
      expect(cost).toBeLessThanOrEqual(25);
      expect(cost).toBeGreaterThan(24.98);
    }
    expect(new Set(second.runs.map(({ order_id }) => order_id))).toEqual(
      new Set(orders.map(({ order_id }) => order_id)),
    );
    expect(100 - Number(await again.cash())).toBeCloseTo(Number(second.total_cost), 8);
  });

  it('begins at its start, and at no time before', async () => {
    const ben = await saver('100');
    const starts_at = '2026-01-16T08:00:00.000Z';
    const created = await create(ben, { starts_at, every: 'day' });
    await pass(HOUR_MILLISECONDS);
    expect(await ben.cash()).toBe('100.00');
    await pass(20 * HOUR_MILLISECONDS);
    expect(await read(await signedInAgain(ben), created)).toMatchObject({
      bought_runs: 1,
      next_run_at: '2026-01-17T08:00:00.000Z',
    });
  });

  it('leaves out the runs that the platform missed, and buys once when it is a little late', async () => {
    const cem = await saver('100');
    const created = await create(cem, { every: 'day' });
    await runDue();
    await pass(4 * DAY_MILLISECONDS + 7 * HOUR_MILLISECONDS);
    const late = await read(await signedInAgain(cem), created);
    expect(late).toMatchObject({ bought_runs: 1, next_run_at: '2026-01-20T12:00:00.000Z' });
    expect(late.runs[0]).toMatchObject({ outcome: 'missed', order_id: null });
    await pass(21 * HOUR_MILLISECONDS);
    expect((await read(await signedInAgain(cem), created)).bought_runs).toBe(2);
  });

  it('that cannot pay says so, and buys again when it can', async () => {
    const dan = await saver('10');
    const created = await create(dan, { every: 'day' });
    await runDue();
    const refused = await read(dan, created);
    expect(refused).toMatchObject({ next_run_at: '2026-01-16T12:00:00.000Z', refused_in_a_row: 1 });
    expect(refused.runs).toMatchObject([{ outcome: 'refused', error_code: 'BUS_001' }]);
    expect((await dan.events())[0]).toMatchObject({
      type: 'recurring_buy.refused',
      data: {
        recurring_buy: { recurring_buy_id: created.recurring_buy_id, amount: '25.00', error_code: 'BUS_001' },
        balance: { current_balance: '10.00' },
      },
    });
    await service.runtime.fund(dan.username, '100');
    await pass(DAY_MILLISECONDS);
    expect(await read(await signedInAgain(dan), created)).toMatchObject({
      bought_runs: 1,
      refused_in_a_row: 0,
    });
  });

  it('tries a refused run again every hour where the user chose that', async () => {
    const eva = await saver('10');
    const created = await create(eva, { if_refused: 'retry' });
    await runDue();
    expect(await read(eva, created)).toMatchObject({
      scheduled_for: START,
      next_run_at: '2026-01-15T13:00:00.000Z',
      runs: [],
    });
    await service.runtime.fund(eva.username, '100');
    await pass(HOUR_MILLISECONDS);
    expect(await read(await signedInAgain(eva), created)).toMatchObject({
      bought_runs: 1,
      next_run_at: '2026-01-22T12:00:00.000Z',
      runs: [{ outcome: 'bought', scheduled_for: START }],
    });
  });

  it('gives a run up after four attempts, and is paused after three such runs', async () => {
    const fay = await saver('10');
    const created = await create(fay, { if_refused: 'retry', every: 'day' });
    await runDue();
    for (let hours = 1; hours <= 3; hours += 1) await pass(HOUR_MILLISECONDS);
    const given = await read(await signedInAgain(fay), created);
    expect(given).toMatchObject({ refused_in_a_row: 1, next_run_at: '2026-01-16T12:00:00.000Z' });
    await call(await signedInAgain(fay), 'PATCH', `/${created.recurring_buy_id}`, { if_refused: 'skip' });
    await pass(21 * HOUR_MILLISECONDS);
    await pass(DAY_MILLISECONDS);
    const stopped = await read(await signedInAgain(fay), created);
    expect(stopped).toMatchObject({ status: 'paused', paused_by: 'failures', next_run_at: null });
    await pass(DAY_MILLISECONDS);
    const again = await signedInAgain(fay);
    expect(await again.events()).toHaveLength(6);
    const resumed = await call(again, 'PATCH', `/${created.recurring_buy_id}`, { status: 'active' });
    expect(resumed.json()).toMatchObject({
      data: {
        status: 'active',
        paused_by: null,
        refused_in_a_row: 0,
        next_run_at: '2026-01-19T12:00:00.000Z',
      },
    });
  });

  it('waits for a price, and does not count that as a refusal', async () => {
    const gus = await saver('100');
    const created = await create(gus);
    service.suspendPrice('GOLD');
    await expect(runDue()).rejects.toMatchObject({ status: 503 });
    expect(await read(gus, created)).toMatchObject({ next_run_at: START, refused_in_a_row: 0, runs: [] });
    service.refreshPrices();
    await runDue();
    expect((await read(gus, created)).bought_runs).toBe(1);
  });

  it.each([
    ['an amount below the smallest quantity', { amount: '0.01', asset_id: 'SPOT' }, 'BUS_002'],
    ['an asset that is not open', { asset_id: 'DOGE' }, 'BUS_003'],
  ])('is refused for %s', async (_, changes, code) => {
    const hal = await saver('100');
    const created = await create(hal, changes);
    if (code === 'BUS_003') await service.changeAsset('DOGE', { status: 'suspended' });
    await runDue();
    expect((await read(hal, created)).runs[0]).toMatchObject({ outcome: 'refused', error_code: code });
    if (code === 'BUS_003') await service.changeAsset('DOGE', { status: 'active' });
  });
});

describe('the user of a recurring buy', () => {
  it('pauses, changes and deletes it, and no run follows', async () => {
    const ida = await saver('100');
    const created = await create(ida, { starts_at: '2026-01-15T13:00:00.000Z' });
    const path = `/${created.recurring_buy_id}`;
    expect((await call(ida, 'PATCH', path, { status: 'paused' })).json()).toMatchObject({
      data: { status: 'paused', paused_by: 'user', next_run_at: null },
    });
    await pass(2 * HOUR_MILLISECONDS);
    expect(await ida.cash()).toBe('100.00');
    const later = await signedInAgain(ida);
    const changed = await call(later, 'PATCH', path, { status: 'active', amount: '30', every: 'day' });
    expect(changed.json()).toMatchObject({
      data: { amount: '30.00', every: 'day', next_run_at: '2026-01-16T13:00:00.000Z' },
    });
    expect((await call(later, 'DELETE', path)).statusCode).toBe(204);
    expect((await call(later, 'GET', path)).statusCode).toBe(404);
    await pass(2 * DAY_MILLISECONDS);
    expect((await call(await signedInAgain(ida), 'GET')).json()).toEqual({ data: [] });
    expect(await ida.cash()).toBe('100.00');
  });

  it('creates one for one Idempotency-Key', async () => {
    const jim = await saver('100');
    const keyed = { headers: { ...jim.headers, 'idempotency-key': 'once' } };
    const first = await call(keyed, 'POST', '', WEEKLY);
    const second = await call(keyed, 'POST', '', WEEKLY);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.json()).toEqual(first.json());
    expect((await call(jim, 'GET')).json<{ data: unknown[] }>().data).toHaveLength(1);
  });

  it('has at most 20', async () => {
    const kim = await saver('100');
    const starts_at = '2026-06-01T00:00:00Z';
    for (let count = 0; count < 20; count += 1) await create(kim, { starts_at });
    const answer = await call(kim, 'POST', '', { ...WEEKLY, starts_at });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'BUS_002', limit: 20 });
  });

  it('cannot read, change or delete that of another user', async () => {
    const [lea, max] = [await saver('100'), await saver('100')];
    const path = `/${(await create(lea)).recurring_buy_id}`;
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { status: 'paused' }],
      ['DELETE', undefined],
    ] as const) {
      expect((await call(max, method, path, body)).statusCode).toBe(404);
    }
    expect((await call(lea, 'GET', path)).json()).toMatchObject({ data: { status: 'active' } });
  });

  it.each([
    [{ amount: '0' }, 'amount'],
    [{ amount: '1000000.01' }, 'amount'],
    [{ amount: '1.001' }, 'amount'],
    [{ every: 'hour' }, 'every'],
    [{ starts_at: '2026-01-15T11:59:59Z' }, 'starts_at'],
    [{ starts_at: '2027-02-01T00:00:00Z' }, 'starts_at'],
    [{ starts_at: 'tomorrow' }, 'starts_at'],
    [{ if_refused: 'wait' }, 'if_refused'],
    [{ note: 'x' }, 'note'],
  ])('gets 422 for %j', async (changes, field) => {
    const ned = await saver('100');
    const answer = await call(ned, 'POST', '', { ...WEEKLY, ...changes });
    expect(answer.statusCode).toBe(422);
    expect(answer.json<ProblemAnswer>().errors?.map((error) => error.field)).toEqual([field]);
    expect((await call(ned, 'GET')).json()).toEqual({ data: [] });
  });

  it.each([
    ['NOPE', 404],
    ['EUR', 422],
    ['ETH', 422],
  ])('cannot buy %s', async (asset_id, status) => {
    const omar = await saver('100');
    expect((await call(omar, 'POST', '', { ...WEEKLY, asset_id })).statusCode).toBe(status);
  });

  it('is not a member of staff', async () => {
    const headers = await service.runtime.signIn(aUsername('staff_saver'), 'moderator');
    const answer = await service.app.inject({
      method: 'POST',
      url: '/recurring-buys',
      headers,
      payload: WEEKLY,
    });
    expect(answer.statusCode).toBe(403);
  });
});
