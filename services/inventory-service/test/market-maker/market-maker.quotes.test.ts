import { isoTime } from '@cnop/common/core/brands';
import type { TableStore } from '@cnop/common/database/table-store';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reprice } from '../../src/domain/asset-rules.ts';
import type { MarketsUnderTest } from './market-under-test.ts';
import { createMarkets, run, START, simulated } from './market-under-test.ts';

const BTC = anAssetId('BTC');

const clock = createFakeClock(START);
let markets: MarketsUnderTest;

const open: MarketsUnderTest['open'] = (...args) => markets.open(...args);

beforeEach(async () => {
  markets = await createMarkets(clock);
});
afterEach(() => markets.dispose());

describe('quotes', () => {
  test('are on the board for every asset once the market maker has started', async () => {
    const market = open();
    await market.maker.start();
    expect(market.board.latest(BTC)).toMatchObject({
      mid: '50000',
      source: 'manual',
      at: START,
    });
    expect(market.board.latest(anAssetId('USDC'))).toMatchObject({ mid: '1', bid: '1', ask: '1' });
  });

  test('of manual prices are repeated at each tick with a rising seq', async () => {
    const market = open();
    await market.maker.start();
    await run(market, clock, 30);
    const quotes = market.published.filter(({ asset_id }) => asset_id === 'BTC');
    expect(quotes).toHaveLength(31);
    expect(quotes.at(-1)).toMatchObject({ mid: '50000', at: '2026-03-03T14:30:40.000Z' });
    for (const [i, { seq }] of quotes.entries()) expect(seq).toBeGreaterThan(quotes[i - 1]?.seq ?? 0);
  });

  test('have the spread of their asset between bid and ask', async () => {
    const market = open();
    await market.assets.updateAsset(BTC, () => ({ spread_bps: 10 }));
    await market.maker.start();
    expect(market.board.latest(BTC)).toMatchObject({ bid: '49975', mid: '50000', ask: '50025' });
  });

  test('change their spread before an edit is answered, and keep mid and time', async () => {
    const market = open();
    await market.maker.start();
    const before = market.board.latest(BTC);
    market.maker.market.assetEdited(await market.assets.updateAsset(BTC, () => ({ spread_bps: 10 })));
    const after = market.board.latest(BTC);
    expect(after).toEqual({ ...before, bid: '49975', ask: '50025', seq: expect.any(Number) as number });
    expect(after?.seq).toBeGreaterThan(before?.seq ?? Infinity);
    market.maker.market.assetEdited(await market.assets.updateAsset(BTC, () => ({ name: 'Other' })));
    expect(market.board.latest(BTC)).toBe(after);
    market.maker.market.assetEdited(await market.assets.updateAsset(BTC, () => ({ spread_bps: 0 })));
    expect(market.board.latest(BTC)).toMatchObject({ bid: '50000', ask: '50000' });
    await run(market, clock, 1);
    expect(market.board.latest(BTC)).toMatchObject({ bid: '50000', mid: '50000' });
  });

  test('show a price that was set before the call returns', async () => {
    const market = open();
    await market.maker.start();
    const setting = market.setPrice(BTC, aPrice('12.34'));
    await setting;
    expect(market.midOf(BTC)).toBe('12.34');
    await run(market, clock, 1);
    expect(market.midOf(BTC)).toBe('12.34');
  });

  test('of simulated prices are the same for the same seed, and differ for another seed', async () => {
    const runs = [];
    for (const seed of ['a', 'a', 'b']) {
      clock.set(START);
      await open().setPrice(BTC, aPrice('50000'));
      const market = open({ ...simulated(seed), holder: `${runs.length}` });
      await market.maker.start();
      await run(market, clock, 20);
      runs.push(market.published.filter(({ asset_id }) => asset_id === 'BTC').map(({ mid }) => mid));
      await market.maker.stop();
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]).not.toEqual(runs[2]);
    expect(new Set(runs[0]).size).toBeGreaterThan(10);
  });

  test('of simulated prices continue from a price that was set', async () => {
    const market = open(simulated());
    await market.maker.start();
    await run(market, clock, 3);
    await market.setPrice(BTC, aPrice('100'));
    expect(market.midOf(BTC)).toBe('100');
    await run(market, clock, 5);
    expect(Number(market.midOf(BTC))).toBeGreaterThan(95);
    expect(Number(market.midOf(BTC))).toBeLessThan(105);
    expect(market.midOf(BTC)).not.toBe('100');
  });

  test('are made for new assets and for assets that are closed for trading', async () => {
    const market = open();
    await market.maker.start();
    await market.assets.createAsset(anAsset({ asset_id: 'NEW', current_price: '7', status: 'cancel_only' }));
    await run(market, clock, 1);
    expect(market.midOf(anAssetId('NEW'))).toBe('7');
  });

  test('take over a price that another instance has set', async () => {
    const market = open();
    await market.maker.start();
    clock.advanceMilliseconds(500);
    const at = isoTime(clock.now());
    await market.assets.updateAsset(BTC, () => ({
      current_price: aPrice('60000'),
      last_price_update: at,
    }));
    await run(market, clock, 1);
    expect(market.midOf(BTC)).toBe('60000');
  });

  test('follow a jump only when a second price confirms it', async () => {
    const prices = ['50000', '100000', '51000', '90000', '91000'];
    const feed = {
      ...simulated().feed,
      next: () => [{ asset_id: BTC, mid: aPrice(prices.shift() ?? '91000') }],
    };
    const market = open({ feed });
    await market.maker.start();
    const mids = [market.midOf(BTC)];
    for (let i = 0; i < 4; i++) {
      await run(market, clock, 1);
      mids.push(market.midOf(BTC));
    }
    expect(mids).toEqual(['50000', '50000', '51000', '51000', '91000']);
    const quotes = market.published.filter(({ asset_id }) => asset_id === 'BTC');
    // The second jump is confirmed, the first one is dropped.
    expect(quotes.map(({ suspended }) => suspended ?? false)).toEqual([false, true, false, true, false]);
    expect(market.maker.market.recentCandles(BTC, '1m')[0]).toMatchObject({
      low: '50000',
      high: '91000',
    });
  });

  test('are suspended in the store as well until a price is set', async () => {
    const prices = ['50000', '90000', '20000'];
    const feed = {
      ...simulated().feed,
      next: () => [{ asset_id: BTC, mid: aPrice(prices.shift() ?? '90000') }],
    };
    const market = open({ feed, storesBeforeShowing: true });
    await market.maker.start();
    await run(market, clock, 1);
    const stored = await market.assets.getAsset(BTC);
    expect(stored).toMatchObject({ current_price: '50000', price_suspended: true });
    expect(stored && storedQuoteOf(stored)).toMatchObject({ suspended: true });
    const repriced = stored && reprice(stored, aPrice('60000'), clock.now());
    expect(repriced && storedQuoteOf(repriced)).not.toHaveProperty('suspended');
  });

  test('are published only once they are stored, when storesBeforeShowing is set', async () => {
    const market = open({ ...simulated(), storesBeforeShowing: true });
    const seqs: { readonly shown: number; readonly stored: Promise<number> }[] = [];
    const storedSeq = async () => (await market.assets.getAsset(BTC))?.quote_seq ?? -1;
    market.board.subscribe((quotes) => {
      const shown = quotes.find(({ asset_id }) => asset_id === 'BTC')?.seq;
      if (shown !== undefined) seqs.push({ shown, stored: storedSeq() });
    });
    await market.maker.start();
    await run(market, clock, 5);
    expect(seqs).toHaveLength(6);
    for (const { shown, stored } of seqs) expect(await stored).toBe(shown);
    expect(market.maker.market.recentCandles(BTC, '1m')[0]?.close).toBe(market.midOf(BTC));
  });

  test('that could not be stored are published with the next ones', async () => {
    let isBroken = false;
    const store: TableStore = {
      ...markets.runtime.store,
      transact: async (reads, decide) => {
        if (isBroken && 'sheet' in reads) throw new Error('planted');
        return markets.runtime.store.transact(reads, decide);
      },
    };
    const market = open({ ...simulated(), storesBeforeShowing: true }, store);
    await market.maker.start();
    const before = market.midOf(BTC);
    isBroken = true;
    await run(market, clock, 2);
    expect(market.midOf(BTC)).toBe(before);
    isBroken = false;
    await run(market, clock, 1);
    const bitcoin = market.published.filter(({ asset_id }) => asset_id === 'BTC');
    expect(bitcoin).toHaveLength(4);
    expect(market.midOf(BTC)).toBe((await market.assets.getAsset(BTC))?.current_price);
  });

  test('are stored with a higher seq when the clock was set back', async () => {
    const market = open({ ...simulated(), storesBeforeShowing: true });
    await market.maker.start();
    await run(market, clock, 3);
    const before = await market.assets.getAsset(BTC);
    clock.advanceSeconds(-3_600);
    await run(market, clock, 1);
    const after = await market.assets.getAsset(BTC);
    expect(after?.current_price).toBe(market.midOf(BTC));
    expect(after?.quote_seq).toBeGreaterThan(before?.quote_seq ?? Infinity);
    expect(after?.last_price_update).toBe(clock.now().toISOString());
  });

  test('have a higher seq than those of an instance that was killed, although the clock was set back', async () => {
    const killed = open({ ...simulated(), holder: 'killed' });
    await killed.maker.start();
    await run(killed, clock, 8);
    const last = killed.board.latest(BTC);
    // It neither stored its last quotes nor released its lease.
    clock.advanceSeconds(-60);
    const next = open({ ...simulated(), holder: 'next' });
    await next.maker.start();
    clock.advanceSeconds(2);
    await next.maker.tick();
    expect(next.board.latest(BTC)?.seq).toBeGreaterThan(last?.seq ?? Infinity);
  });

  test.each(['0.001', '999999999999999999'])(
    'are not made of %s, which is not a valid price of the asset',
    async (mid) => {
      const market = open({
        feed: { ...simulated().feed, next: () => [{ asset_id: BTC, mid: aPrice(mid) }] },
      });
      await market.maker.start();
      await run(market, clock, 3);
      expect(market.published).toEqual([]);
    },
  );
});
