import { DiskFullError } from '@cnop/common/database/store-errors';
import type { TableStore } from '@cnop/common/database/table-store';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reprice } from '../../src/domain/asset-rules.ts';
import { holderName } from '../../src/market-maker/leadership.ts';
import { createRandomSource, createSimulatedFeed } from '../../src/price-feed/simulated-feed.ts';
import type { MarketUnderTest } from './market-under-test.ts';
import { openMarket } from './market-under-test.ts';

const START = '2026-03-03T14:30:10.000Z';
const BTC = anAsset({ asset_id: 'BTC', current_price: '50000' });
const USDC = anAsset({ asset_id: 'USDC', current_price: '1', price_scale: 4, category: 'stablecoin' });

const clock = createFakeClock(START);
let runtime: TestRuntime;
let opened: MarketUnderTest[];

const open = (...options: Parameters<typeof openMarket> extends [unknown, ...infer Rest] ? Rest : never) => {
  const market = openMarket({ store: runtime.store, clock }, ...options);
  opened.push(market);
  return market;
};
const simulated = (seed = 'seed') => ({
  feed: createSimulatedFeed({ random: createRandomSource(seed), tickSeconds: 1 }),
});

async function run({ maker }: MarketUnderTest, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    clock.advanceSeconds(1);
    await maker.tick();
  }
}

beforeEach(async () => {
  clock.set(START);
  runtime = await createTestRuntime({ clock });
  opened = [];
  for (const asset of [BTC, USDC])
    await openMarket({ store: runtime.store, clock }).assets.createAsset(asset);
});
afterEach(async () => {
  for (const { maker } of opened) await maker.stop();
  await runtime.dispose();
});

describe('quotes', () => {
  test('of every asset are on the board once the market maker has started', async () => {
    const market = open();
    await market.maker.start();
    expect(market.board.latest('BTC')).toMatchObject({ mid: '50000', source: 'manual', at: START });
    expect(market.board.latest('USDC')).toMatchObject({ mid: '1', bid: '1', ask: '1' });
  });

  test('of prices set by hand stay fresh, and each is newer than the one before', async () => {
    const market = open();
    await market.maker.start();
    await run(market, 30);
    const quotes = market.published.filter(({ asset_id }) => asset_id === 'BTC');
    expect(quotes).toHaveLength(31);
    expect(quotes.at(-1)).toMatchObject({ mid: '50000', at: '2026-03-03T14:30:40.000Z' });
    for (const [i, { seq }] of quotes.entries()) expect(seq).toBeGreaterThan(quotes[i - 1]?.seq ?? 0);
  });

  test('keep the spread of their asset between bid and ask', async () => {
    const market = open();
    await market.assets.updateAsset('BTC', () => ({ spread_bps: 10 }));
    await market.maker.start();
    expect(market.board.latest('BTC')).toMatchObject({ bid: '49975', mid: '50000', ask: '50025' });
  });

  test('have a spread that was edited before the edit is answered, at the same price and as old', async () => {
    const market = open();
    await market.maker.start();
    const before = market.board.latest('BTC');
    market.maker.market.assetEdited(await market.assets.updateAsset('BTC', () => ({ spread_bps: 10 })));
    const after = market.board.latest('BTC');
    expect(after).toEqual({ ...before, bid: '49975', ask: '50025', seq: expect.any(Number) as number });
    expect(after?.seq).toBeGreaterThan(before?.seq ?? Infinity);
    market.maker.market.assetEdited(await market.assets.updateAsset('BTC', () => ({ name: 'Other' })));
    expect(market.board.latest('BTC')).toBe(after);
    market.maker.market.assetEdited(await market.assets.updateAsset('BTC', () => ({ spread_bps: 0 })));
    expect(market.board.latest('BTC')).toMatchObject({ bid: '50000', ask: '50000' });
    await run(market, 1);
    expect(market.board.latest('BTC')).toMatchObject({ bid: '50000', mid: '50000' });
  });

  test('have a price that was set before the call that set it is over', async () => {
    const market = open();
    await market.maker.start();
    const setting = market.setPrice('BTC', '12.34');
    await setting;
    expect(market.midOf('BTC')).toBe('12.34');
    await run(market, 1);
    expect(market.midOf('BTC')).toBe('12.34');
  });

  test('simulated: the same for the same seed, another way for another', async () => {
    const ways = [];
    for (const seed of ['a', 'a', 'b']) {
      clock.set(START);
      await open().setPrice('BTC', '50000');
      const market = open({ ...simulated(seed), holder: `elsewhere/1/${ways.length}` });
      await market.maker.start();
      await run(market, 20);
      ways.push(market.published.filter(({ asset_id }) => asset_id === 'BTC').map(({ mid }) => mid));
      await market.maker.stop();
    }
    expect(ways[0]).toEqual(ways[1]);
    expect(ways[0]).not.toEqual(ways[2]);
    expect(new Set(ways[0]).size).toBeGreaterThan(10);
  });

  test('simulated: go on from a price that was set', async () => {
    const market = open(simulated());
    await market.maker.start();
    await run(market, 3);
    await market.setPrice('BTC', '100');
    expect(market.midOf('BTC')).toBe('100');
    await run(market, 5);
    expect(Number(market.midOf('BTC'))).toBeGreaterThan(95);
    expect(Number(market.midOf('BTC'))).toBeLessThan(105);
    expect(market.midOf('BTC')).not.toBe('100');
  });

  test('are made for assets that come later and for those that are not traded', async () => {
    const market = open();
    await market.maker.start();
    await market.assets.createAsset(anAsset({ asset_id: 'NEW', current_price: '7', status: 'cancel_only' }));
    await run(market, 1);
    expect(market.midOf('NEW')).toBe('7');
  });

  test('take over a price that another process has set', async () => {
    const market = open();
    await market.maker.start();
    clock.advanceMilliseconds(500);
    const at = clock.now().toISOString();
    await market.assets.updateAsset('BTC', () => ({ current_price: '60000', last_price_update: at }));
    await run(market, 1);
    expect(market.midOf('BTC')).toBe('60000');
  });

  test('wait for a second price that agrees when the first has jumped', async () => {
    const told = ['50000', '100000', '51000', '90000', '91000'];
    const feed = { ...simulated().feed, next: () => [{ asset_id: 'BTC', mid: told.shift() ?? '91000' }] };
    const market = open({ feed });
    await market.maker.start();
    const mids = [market.midOf('BTC')];
    for (let i = 0; i < 4; i++) {
      await run(market, 1);
      mids.push(market.midOf('BTC'));
    }
    expect(mids).toEqual(['50000', '50000', '51000', '51000', '91000']);
    const quotes = market.published.filter(({ asset_id }) => asset_id === 'BTC');
    // The second jump is confirmed, the first one is dropped.
    expect(quotes.map(({ suspended }) => suspended ?? false)).toEqual([false, true, false, true, false]);
    expect(market.maker.market.recentCandles('BTC', '1m')[0]).toMatchObject({ low: '50000', high: '91000' });
  });

  test('are suspended in the store as well, until the jump is confirmed or a price is set', async () => {
    const told = ['50000', '90000', '20000'];
    const feed = { ...simulated().feed, next: () => [{ asset_id: 'BTC', mid: told.shift() ?? '90000' }] };
    const market = open({ feed, storesBeforeShowing: true });
    await market.maker.start();
    await run(market, 1);
    const stored = await market.assets.getAsset('BTC');
    expect(stored).toMatchObject({ current_price: '50000', price_suspended: true });
    expect(stored && storedQuoteOf(stored)).toMatchObject({ suspended: true });
    const repriced = stored && reprice(stored, '60000', clock.now());
    expect(repriced && storedQuoteOf(repriced)).not.toHaveProperty('suspended');
  });

  test('are shown only once they are stored, where orders are executed by other processes', async () => {
    const market = open({ ...simulated(), storesBeforeShowing: true });
    const seqs: { readonly shown: number; readonly stored: Promise<number> }[] = [];
    const storedSeq = async () => (await market.assets.getAsset('BTC'))?.quote_seq ?? -1;
    market.board.subscribe((quotes) => {
      const shown = quotes.find(({ asset_id }) => asset_id === 'BTC')?.seq;
      if (shown !== undefined) seqs.push({ shown, stored: storedSeq() });
    });
    await market.maker.start();
    await run(market, 5);
    expect(seqs).toHaveLength(6);
    for (const { shown, stored } of seqs) expect(await stored).toBe(shown);
    expect(market.maker.market.recentCandles('BTC', '1m')[0]?.close).toBe(market.midOf('BTC'));
  });

  test('that could not be stored are not shown, and come with the next ones', async () => {
    let isBroken = false;
    const store: TableStore = {
      ...runtime.store,
      transact: async (reads, decide) => {
        if (isBroken && 'item0' in reads) throw new Error('planted');
        return runtime.store.transact(reads, decide);
      },
    };
    const market = openMarket({ store, clock }, { ...simulated(), storesBeforeShowing: true });
    opened.push(market);
    await market.maker.start();
    const before = market.midOf('BTC');
    isBroken = true;
    await run(market, 2);
    expect(market.midOf('BTC')).toBe(before);
    isBroken = false;
    await run(market, 1);
    const bitcoin = market.published.filter(({ asset_id }) => asset_id === 'BTC');
    expect(bitcoin).toHaveLength(4);
    expect(market.midOf('BTC')).toBe((await market.assets.getAsset('BTC'))?.current_price);
  });

  test('are stored and newer than all before also when the clock was set back', async () => {
    const market = open({ ...simulated(), storesBeforeShowing: true });
    await market.maker.start();
    await run(market, 3);
    const before = await market.assets.getAsset('BTC');
    clock.advanceSeconds(-3_600);
    await run(market, 1);
    const after = await market.assets.getAsset('BTC');
    expect(after?.current_price).toBe(market.midOf('BTC'));
    expect(after?.quote_seq).toBeGreaterThan(before?.quote_seq ?? Infinity);
    expect(after?.last_price_update).toBe(clock.now().toISOString());
  });

  test('are newer than those that a process gave out before it was killed, although the clock was set back', async () => {
    const killed = open({ ...simulated(), holder: holderName(runtime.ids) });
    await killed.maker.start();
    await run(killed, 8);
    const last = killed.board.latest('BTC');
    // It never stored the last ones, and never gives its lease back.
    clock.advanceSeconds(-60);
    const next = open({ ...simulated(), holder: holderName(runtime.ids) });
    await next.maker.start();
    expect(next.board.latest('BTC')?.seq).toBeGreaterThan(last?.seq ?? Infinity);
  });

  test.each(['0.001', '999999999999999999'])(
    'are not made of %s, which is no price of this asset',
    async (mid) => {
      const market = open({ feed: { ...simulated().feed, next: () => [{ asset_id: 'BTC', mid }] } });
      await market.maker.start();
      await run(market, 3);
      expect(market.published).toEqual([]);
    },
  );
});

describe('stored prices', () => {
  test('are written at a start and then at their pace, with the time of the quote, and leave updated_at alone', async () => {
    const market = open(simulated());
    await market.maker.start();
    expect(await market.assets.getAsset('BTC')).toMatchObject({ last_price_update: START });
    await run(market, 3);
    expect(await market.assets.getAsset('BTC')).toMatchObject({ last_price_update: START });
    await market.maker.persist();
    const mid = market.midOf('BTC') ?? '';
    expect(await market.assets.getAsset('BTC')).toMatchObject({
      current_price: mid,
      last_price_update: '2026-03-03T14:30:13.000Z',
      updated_at: BTC.updated_at,
    });
    // The day began with the first price.
    const change = (await market.assets.getAsset('BTC'))?.price_change_24h;
    const first = market.published.find(({ asset_id }) => asset_id === 'BTC')?.mid;
    expect(Math.abs(Number(change) - (Number(mid) - Number(first)))).toBeLessThan(0.001);
  });

  test('are refreshed when the price has not moved, so that other processes see that it is not stale', async () => {
    const market = open();
    await market.maker.start();
    await run(market, 7);
    await market.maker.persist();
    expect(await market.assets.getAsset('BTC')).toMatchObject({
      current_price: '50000',
      last_price_update: '2026-03-03T14:30:17.000Z',
    });
  });

  test('never replace one that was set meanwhile, but follow it', async () => {
    const market = open(simulated());
    await market.maker.start();
    await run(market, 2);
    const at = clock.now().toISOString();
    await market.assets.updateAsset('BTC', () => ({ current_price: '60000', last_price_update: at }));
    await market.maker.persist();
    expect(await market.assets.getAsset('BTC')).toMatchObject({ current_price: '60000' });
    expect(market.midOf('BTC')).toBe('60000');
  });

  test('are what a restart goes on from, with quotes that are newer than any before', async () => {
    const first = open(simulated());
    await first.maker.start();
    await run(first, 10);
    const last = first.board.latest('BTC');
    await first.maker.stop();

    const second = open({ ...simulated(), holder: 'elsewhere/2/two' });
    await second.maker.start();
    const next = second.published.find(({ asset_id }) => asset_id === 'BTC');
    expect(Math.abs(Number(next?.mid) / Number(last?.mid) - 1)).toBeLessThan(0.001);
    expect(next?.seq).toBeGreaterThan(last?.seq ?? Infinity);
  });
});

describe('candles', () => {
  test('are all there after a restart, none twice and none lost', async () => {
    const first = open(simulated());
    await first.maker.start();
    await run(first, 100);
    const recorded = first.maker.market.recentCandles('BTC', '1h');
    await first.maker.stop();
    const second = open({ ...simulated(), holder: 'elsewhere/2/two' });
    await second.maker.start();
    await run(second, 60);
    await second.maker.persist();

    const minutes = await second.storedCandles('BTC', '1m');
    expect(minutes.map(({ open_time, final }) => [open_time.slice(11, 16), final])).toEqual([
      ['14:30', true],
      ['14:31', true],
      ['14:32', false],
    ]);
    const mids = [...first.published, ...second.published]
      .filter(({ asset_id }) => asset_id === 'BTC')
      .map(({ mid }) => Number(mid));
    const hours = await second.storedCandles('BTC', '1h');
    expect(hours).toHaveLength(1);
    expect(hours[0]?.open).toBe(recorded[0]?.open);
    expect([hours[0]?.high, hours[0]?.low, hours[0]?.close].map(Number)).toEqual([
      Math.max(...mids),
      Math.min(...mids),
      mids.at(-1),
    ]);
  });

  test('whose span ended while nothing ran are closed, and what was missed is absent', async () => {
    const first = open();
    await first.maker.start();
    await first.maker.stop();
    clock.advanceSeconds(3 * 3_600);
    const second = open({ holder: 'elsewhere/2/two' });
    await second.maker.start();
    await second.maker.persist();
    const hours = await second.storedCandles('BTC', '1h');
    expect(hours.map(({ open_time, final }) => [open_time.slice(11, 16), final])).toEqual([
      ['14:00', true],
      ['17:00', false],
    ]);
  });

  test('count the trades of the platform', async () => {
    const market = open();
    await market.maker.start();
    for (const quantity of ['0.25', '1.5']) {
      market.trades.report({ asset_id: 'BTC', quantity, at: clock.now().toISOString() });
    }
    await market.maker.persist();
    expect((await market.storedCandles('BTC', '5m'))[0]).toMatchObject({ volume: '1.75' });
    expect((await market.storedCandles('USDC', '5m'))[0]).toMatchObject({ volume: '0' });
    expect(market.maker.market.livePrice('BTC')?.day).toMatchObject({ volume_24h: '87500.00' });
  });
});

describe('a history', () => {
  test('is made for assets that were never recorded, joined to what is recorded, and only once', async () => {
    const market = open({ ...simulated(), historyRandom: createRandomSource('seed') });
    await market.maker.start();
    await run(market, 5);
    await market.maker.persist();
    expect(await market.storedCandles('BTC', '1d')).toEqual([]);

    await market.maker.fillHistory();
    await market.maker.persist();
    const days = await market.storedCandles('BTC', '1d');
    expect(days).toHaveLength(366);
    expect(days.at(-1)).toMatchObject({ open: days.at(-2)?.close, final: false });
    expect((await market.storedCandles('BTC', '1m')).at(-2)).toMatchObject({ close: '50000', final: true });
    expect(market.maker.market.livePrice('BTC')?.day?.price_change_24h).not.toBe('0');
    await market.maker.stop();

    const second = open({
      ...simulated(),
      historyRandom: createRandomSource('other'),
      holder: 'elsewhere/2/two',
    });
    await second.maker.start();
    await second.maker.fillHistory();
    expect((await second.storedCandles('BTC', '1d')).slice(0, -1)).toEqual(days.slice(0, -1));
  });

  test('is made again when it was cut short', async () => {
    const first = open({ ...simulated(), historyRandom: createRandomSource('seed') });
    await first.maker.start();
    const filling = first.maker.fillHistory();
    await first.maker.stop();
    await filling;
    const second = open({
      ...simulated(),
      historyRandom: createRandomSource('seed'),
      holder: 'elsewhere/2/two',
    });
    await second.maker.start();
    await second.maker.fillHistory();
    await second.maker.persist();
    for (const asset of ['BTC', 'USDC']) expect(await second.storedCandles(asset, '1d')).toHaveLength(366);
  });

  test('is made later when the store had no room for it', async () => {
    let hasRoom = false;
    const transact: TableStore['transact'] = async (...args) => {
      if (!hasRoom) throw new DiskFullError();
      return runtime.store.transact(...args);
    };
    const market = openMarket(
      { store: { ...runtime.store, transact }, clock },
      { ...simulated(), historyRandom: createRandomSource('seed') },
    );
    opened.push(market);
    hasRoom = true;
    await market.maker.start();
    hasRoom = false;
    await market.maker.fillHistory();
    hasRoom = true;
    await market.maker.fillHistory();
    await market.maker.persist();
    for (const asset of ['BTC', 'USDC']) expect(await market.storedCandles(asset, '1d')).toHaveLength(366);
  });

  test('is not made where it was not asked for', async () => {
    const market = open(simulated());
    await market.maker.start();
    await market.maker.fillHistory();
    await market.maker.persist();
    expect(await market.storedCandles('BTC', '1d')).toHaveLength(1);
  });
});
