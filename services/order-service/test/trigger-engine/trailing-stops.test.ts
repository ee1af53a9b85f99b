import type { TableStore, Write } from '@cnop/common/database/table-store';
import { aPrice } from '@cnop/testing/builders/brands';
import { afterEach, describe, expect, it } from 'vitest';
import type { Market, MarketOptions } from './market.ts';
import { openMarket } from './market.ts';

let market: Market;
afterEach(() => market.dispose());
const open = async (options?: MarketOptions): Promise<void> => {
  market = await openMarket(options);
};
const trail = async (trail_amount: string): Promise<string> =>
  (await market.place({ order_type: 'trailing_stop', trail_amount })).order_id;
const statusOf = async (orderId: string) => (await market.order(orderId)).status;

describe('a trailing stop', () => {
  it('follows the highest bid since its own acceptance', async () => {
    await open();
    const first = await trail('10');
    await market.price('120');
    const second = await trail('10');
    await market.price('115');
    const third = await trail('10');
    await market.price('110');
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([
      'completed',
      'completed',
      'queued',
    ]);
    expect(await market.order(first)).toMatchObject({ trigger_price: '110', executed_price: '110' });
    await market.price('105');
    expect(await market.order(third)).toMatchObject({ status: 'completed', trigger_price: '105' });
  });

  it('follows every bid, however many arrive before they are processed', async () => {
    await open();
    const order = await trail('10');
    await market.price('120', '111', '119');
    expect(await statusOf(order)).toBe('queued');
    await market.price('130', '121', '120', '135');
    expect(await market.order(order)).toMatchObject({
      trigger_price: '120',
      trigger_quote: { bid: '120' },
      executed_price: '135',
    });
  });

  it.each([
    ['after a proper end', (): undefined => undefined],
    // The next engine uses only the state that was on disk before the bid.
    ['whatever was not acted on', () => market.clock.advanceSeconds(3_600)],
  ])('keeps its peak over restarts, %s', async (_, meanwhile) => {
    await open();
    const old = await trail('10');
    await market.price('120');
    const young = await trail('10');
    await market.restart(meanwhile);
    await market.price('111');
    expect([await statusOf(old), await statusOf(young)]).toEqual(['queued', 'queued']);
    await market.restart();
    await market.price('112');
    await market.restart();
    await market.price('110');
    expect(await market.order(old)).toMatchObject({ status: 'completed', trigger_price: '110' });
    expect(await market.order(young)).toMatchObject({ status: 'completed', trigger_price: '110' });
  });

  it('keeps its own peak over a restart, below that of an older order', async () => {
    await open();
    const older = await trail('10');
    await market.price('120');
    await market.price('112');
    const younger = await trail('10');
    await market.price('115');
    await market.restart();
    await market.price('110');
    expect([await statusOf(older), await statusOf(younger)]).toEqual(['completed', 'queued']);
    await market.price('105');
    expect(await market.order(younger)).toMatchObject({ trigger_price: '105' });
  });

  it('leaves the index of the engine when it is cancelled', async () => {
    await open();
    const order = await trail('10');
    await market.price('120');
    await market.cancel(order);
    await market.price('90');
    expect(await statusOf(order)).toBe('cancelled');
    expect((await market.units()).quantity).toBe('1000');
  });

  it('catches up on every bid since its acceptance when it appears late', async () => {
    let isLate = false;
    const engineStore = (store: TableStore): TableStore => ({
      ...store,
      query: async (query) =>
        isLate && query.pk.endsWith('#TRAIL') ? { items: [], next: undefined } : store.query(query),
    });
    await open({ engineStore });
    isLate = true;
    const triggered = await trail('10');
    const raised = await trail('20');
    await market.price('120', '109');
    await market.price('115');
    isLate = false;
    await market.price('116');
    expect(await market.order(triggered)).toMatchObject({
      status: 'completed',
      trigger_quote: { bid: '109' },
    });
    await market.restart();
    await market.price('100');
    expect(await market.order(raised)).toMatchObject({ status: 'completed', trigger_price: '100' });
  });
});

describe('stored peaks', () => {
  it('are those that open orders need: a later and higher peak replaces lower ones', async () => {
    await open();
    await market.price('150');
    expect(await market.peaks()).toEqual([]);
    await trail('100');
    await market.price('140');
    expect(await market.peaks()).toEqual([]);
    await market.price('160');
    await market.price('150');
    await trail('100');
    await market.price('155');
    await market.price('152');
    expect(await market.peaks()).toEqual(['160', '155']);
    await market.price('158');
    expect(await market.peaks()).toEqual(['160', '158']);
    await market.price('161');
    expect(await market.peaks()).toEqual(['161']);
  });

  it('are written once for a rise, however many orders it raises, and not for a fall', async () => {
    const writes: Write[] = [];
    const engineStore = (store: TableStore): TableStore => ({
      ...store,
      transact: (reads, decide) =>
        store.transact(reads, (items) => {
          const decision = decide(items);
          writes.push(...decision.writes);
          return decision;
        }),
    });
    await open({ engineStore });
    for (let i = 0; i < 50; i++) await trail(aPrice(String(50 + i)));
    await market.price('110');
    expect(writes).toHaveLength(1);
    await market.price('105', '103', '109');
    expect(writes).toHaveLength(1);
    await market.price('111');
    expect(writes.map(({ kind }) => kind)).toEqual(['replace', 'replace', 'delete']);
  });

  it('are on disk before an order executes', async () => {
    const steps: string[] = [];
    const engineStore = (store: TableStore): TableStore => ({
      ...store,
      transact: async (reads, decide) => {
        const keys = Object.values(reads);
        // The engine upgrades the assets of an older store before its first execution.
        if (keys.every(({ table }) => table === 'inventory')) return store.transact(reads, decide);
        const isPeak = keys.some(({ pk }) => pk.startsWith('PEAKS#'));
        steps.push(isPeak ? 'peak begun' : 'order begun');
        const result = await store.transact(reads, decide);
        steps.push(isPeak ? 'peak stored' : 'order stored');
        return result;
      },
    });
    await open({ engineStore });
    await trail('10');
    await trail('30');
    await market.price('130', '115');
    expect(steps).toEqual(['peak begun', 'peak stored', 'order begun', 'order stored']);
  });

  it('block execution while they cannot be stored', async () => {
    let isBroken = true;
    const engineStore = (store: TableStore): TableStore => ({
      ...store,
      transact: async (reads, decide) => {
        if (isBroken && Object.values(reads).some(({ pk }) => pk.startsWith('PEAKS#')))
          throw new Error('planted');
        return store.transact(reads, decide);
      },
    });
    await open({ engineStore });
    const order = await trail('10');
    await market.price('130', '115');
    expect(await statusOf(order)).toBe('queued');
    isBroken = false;
    await market.price('140');
    expect(await market.order(order)).toMatchObject({ trigger_price: '120', executed_price: '140' });
  });

  it('are deleted when no order needs them', async () => {
    await open();
    const orders = [await trail('50'), await trail('10')];
    await market.price('120');
    await market.price('110');
    expect(await statusOf(orders[1]!)).toBe('completed');
    await market.engine().tidy();
    expect(await market.peaks()).toEqual(['120']);
    await market.cancel(orders[0]!);
    // Long enough for every process to have seen the rise.
    for (let i = 0; i < 4; i++) {
      market.clock.advanceSeconds(60);
      await market.price('111');
    }
    await market.engine().tidy();
    expect(await market.peaks()).toEqual([]);
  });
});
