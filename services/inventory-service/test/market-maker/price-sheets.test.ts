import type { AssetId } from '@cnop/common/core/brands';
import { readPriceSheets } from '@cnop/common/dao/inventory/price-sheet-dao';
import type { TableStore, Write } from '@cnop/common/database/table-store';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MarketsUnderTest } from './market-under-test.ts';
import { createMarkets, run, START, simulated } from './market-under-test.ts';

const BTC = anAssetId('BTC');
const clock = createFakeClock(START);
let markets: MarketsUnderTest;
let writes: Write[];
let store: TableStore;

beforeEach(async () => {
  markets = await createMarkets(clock);
  writes = [];
  store = {
    ...markets.runtime.store,
    transact: async (reads, decide) => {
      let last: readonly Write[] = [];
      const result = await markets.runtime.store.transact(reads, (items) => {
        const decision = decide(items);
        last = decision.writes;
        return decision;
      });
      writes.push(...last);
      return result;
    },
  };
});
afterEach(() => markets.dispose());

/** Returns the kinds of the items that were written, by the beginning of their keys, and forgets them. */
function written(): string[] {
  const kinds = writes.map(({ key: { pk, sk } }) => (/#/.test(pk) ? pk.replace(/#.*#/, '#') : sk));
  writes = [];
  return kinds;
}

describe('a tick', () => {
  test('is one write for all assets of a sheet, after each asset got its sheet once', async () => {
    const market = markets.open({ ...simulated(), storesBeforeShowing: true }, store);
    await market.maker.start();
    expect(written().filter((kind) => kind === 'ASSET')).toHaveLength(2);
    // A tick may read the catalogue and the lease, and stores the prices.
    await run(market, clock, 1);
    expect(written()).toEqual(['LEASE#PRICES', 'PRICES#CURRENT']);
  });

  test('is a write for each 90 assets', async () => {
    const ids = Array.from({ length: 98 }, (_, i) => anAssetId(`A${i}`));
    const market = markets.open({ ...simulated(), storesBeforeShowing: true }, store);
    for (const asset_id of ids) await market.assets.createAsset(anAsset({ asset_id }));
    await market.maker.start();
    written();
    await run(market, clock, 1);
    expect(written()).toEqual(['LEASE#PRICES', 'PRICES#CURRENT', 'PRICES#CURRENT']);
    const sheets = await readPriceSheets(store);
    expect(sheets.map(({ prices }) => Object.keys(prices).length)).toEqual([90, 10]);
    for (const id of [...ids, BTC]) {
      expect((await market.assets.getAsset(id))?.current_price).toBe(market.midOf(id));
    }
  });

  test('gives a new asset a sheet, and follows a price that staff set before it had one', async () => {
    const market = markets.open({ ...simulated(), storesBeforeShowing: true }, store);
    await market.maker.start();
    const NEW = anAssetId('NEW');
    await market.assets.createAsset(anAsset({ asset_id: NEW, current_price: '10' }));
    await market.setPrice(NEW, aPrice('77'));
    await run(market, clock, 2);
    expect(await market.assets.getAsset(NEW)).toMatchObject({
      price_sheet: 0,
      current_price: market.midOf(NEW),
    });
    expect(Math.abs(Number(market.midOf(NEW)) - 77)).toBeLessThan(1);
  });
});

describe('candles', () => {
  const opens = (candles: readonly { readonly open_time: string; readonly final: boolean }[]) =>
    candles.map(({ open_time, final }) => [open_time.slice(11, 16), final]);
  const minutes = async (id: AssetId) => opens(await markets.open({}, store).storedCandles(id, '1m'));

  test('are one write while they are open, and one write of each when it closes', async () => {
    const market = markets.open({ ...simulated(), storesBeforeShowing: true }, store);
    await market.maker.start();
    written();
    await market.maker.persist();
    expect(written()).toEqual([]);
    await run(market, clock, 5);
    written();
    await market.maker.persist();
    expect(written()).toEqual(['PRICES#CANDLES']);
    await run(market, clock, 50);
    await market.maker.persist();
    expect(written().filter((kind) => kind.startsWith('CANDLE'))).toEqual(['CANDLE#1m', 'CANDLE#1m']);
    expect(await minutes(BTC)).toEqual([
      ['14:30', true],
      ['14:31', false],
    ]);
  });

  test('that closed go on after a crash between their write and that of the open ones', async () => {
    let isCrashed = false;
    const crashing: TableStore = {
      ...store,
      transact: async (reads, decide) => {
        if (isCrashed && 'open' in reads) throw new Error('planted');
        return store.transact(reads, decide);
      },
    };
    const one = markets.open({ ...simulated(), storesBeforeShowing: true }, crashing);
    await one.maker.start();
    await run(one, clock, 20);
    await one.maker.persist();
    await run(one, clock, 31);
    isCrashed = true;
    await one.maker.persist();
    const closed = (await one.storedCandles(BTC, '1m'))[0];
    expect(closed).toMatchObject({ final: true });

    const two = markets.open({ ...simulated(), holder: 'two', storesBeforeShowing: true }, store);
    clock.advanceSeconds(1);
    await two.maker.start();
    clock.advanceSeconds(2);
    await run(two, clock, 10);
    await two.maker.persist();
    const after = await two.storedCandles(BTC, '1m');
    expect(after[0]).toEqual(closed);
    expect(opens(after)).toEqual([
      ['14:30', true],
      ['14:31', false],
    ]);
  });
});
