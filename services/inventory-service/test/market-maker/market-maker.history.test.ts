import { DiskFullError } from '@cnop/common/database/store-errors';
import type { TableStore } from '@cnop/common/database/table-store';
import { anAssetId } from '@cnop/testing/builders/brands';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRandomSource } from '../../src/price-feed/simulated-feed.ts';
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

describe('a generated history', () => {
  test('is made once for assets without recorded prices, and joined to the recorded candles', async () => {
    const market = open({ ...simulated(), historyRandom: createRandomSource('seed') });
    await market.maker.start();
    await run(market, clock, 5);
    await market.maker.persist();
    expect(await market.storedCandles(BTC, '1d')).toEqual([]);

    await market.maker.fillHistory();
    await market.maker.persist();
    const days = await market.storedCandles(BTC, '1d');
    expect(days).toHaveLength(366);
    expect(days.at(-1)).toMatchObject({ open: days.at(-2)?.close, final: false });
    expect((await market.storedCandles(BTC, '1m')).at(-2)).toMatchObject({
      close: '50000',
      final: true,
    });
    expect(market.maker.market.livePrice(BTC)?.day?.price_change_24h).not.toBe('0');
    await market.maker.stop();

    const second = open({
      ...simulated(),
      historyRandom: createRandomSource('other'),
      holder: 'two',
    });
    await second.maker.start();
    await second.maker.fillHistory();
    expect((await second.storedCandles(BTC, '1d')).slice(0, -1)).toEqual(days.slice(0, -1));
  });

  test('is made again after an interruption', async () => {
    const first = open({ ...simulated(), historyRandom: createRandomSource('seed') });
    await first.maker.start();
    const filling = first.maker.fillHistory();
    await first.maker.stop();
    await filling;
    const second = open({
      ...simulated(),
      historyRandom: createRandomSource('seed'),
      holder: 'two',
    });
    await second.maker.start();
    await second.maker.fillHistory();
    await second.maker.persist();
    for (const asset of [BTC, anAssetId('USDC')])
      expect(await second.storedCandles(asset, '1d')).toHaveLength(366);
  });

  test('is made later when the disk was full', async () => {
    let hasRoom = false;
    const transact: TableStore['transact'] = async (...args) => {
      if (!hasRoom) throw new DiskFullError();
      return markets.runtime.store.transact(...args);
    };
    const options = { ...simulated(), historyRandom: createRandomSource('seed') };
    const market = open(options, { ...markets.runtime.store, transact });
    hasRoom = true;
    await market.maker.start();
    hasRoom = false;
    await market.maker.fillHistory();
    hasRoom = true;
    await market.maker.fillHistory();
    await market.maker.persist();
    for (const asset of [BTC, anAssetId('USDC')])
      expect(await market.storedCandles(asset, '1d')).toHaveLength(366);
  });

  test('is not made without historyRandom', async () => {
    const market = open(simulated());
    await market.maker.start();
    await market.maker.fillHistory();
    await market.maker.persist();
    expect(await market.storedCandles(BTC, '1d')).toHaveLength(1);
  });
});
