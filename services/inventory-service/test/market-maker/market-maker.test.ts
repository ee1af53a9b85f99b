import { isoTime } from '@cnop/common/core/brands';
import { anAssetId, aPrice, aQuantity } from '@cnop/testing/builders/brands';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MarketsUnderTest } from './market-under-test.ts';
import { BTC, createMarkets, run, START, simulated } from './market-under-test.ts';

const clock = createFakeClock(START);
let markets: MarketsUnderTest;

const open: MarketsUnderTest['open'] = (...args) => markets.open(...args);

beforeEach(async () => {
  markets = await createMarkets(clock);
});
afterEach(() => markets.dispose());

describe('stored prices', () => {
  test('are written at the start and by persist, with the time of the quote and without a new updated_at', async () => {
    const market = open(simulated());
    await market.maker.start();
    expect(await market.assets.getAsset(anAssetId('BTC'))).toMatchObject({ last_price_update: START });
    await run(market, clock, 3);
    expect(await market.assets.getAsset(anAssetId('BTC'))).toMatchObject({ last_price_update: START });
    await market.maker.persist();
    const mid = market.midOf(anAssetId('BTC')) ?? '';
    expect(await market.assets.getAsset(anAssetId('BTC'))).toMatchObject({
      current_price: mid,
      last_price_update: '2026-03-03T14:30:13.000Z',
      updated_at: BTC.updated_at,
    });
    // The first price began the day.
    const change = (await market.assets.getAsset(anAssetId('BTC')))?.price_change_24h;
    const first = market.published.find(({ asset_id }) => asset_id === 'BTC')?.mid;
    expect(Math.abs(Number(change) - (Number(mid) - Number(first)))).toBeLessThan(0.001);
  });

  test('get a new time when the price has not moved, so that they do not become stale', async () => {
    const market = open();
    await market.maker.start();
    await run(market, clock, 7);
    await market.maker.persist();
    expect(await market.assets.getAsset(anAssetId('BTC'))).toMatchObject({
      current_price: '50000',
      last_price_update: '2026-03-03T14:30:17.000Z',
    });
  });

  test('never replace a price that was set meanwhile, but follow it', async () => {
    const market = open(simulated());
    await market.maker.start();
    await run(market, clock, 2);
    const at = isoTime(clock.now());
    await market.assets.updateAsset(anAssetId('BTC'), () => ({
      current_price: aPrice('60000'),
      last_price_update: at,
    }));
    await market.maker.persist();
    expect(await market.assets.getAsset(anAssetId('BTC'))).toMatchObject({ current_price: '60000' });
    expect(market.midOf(anAssetId('BTC'))).toBe('60000');
  });

  test('are where a restart continues, with a higher seq', async () => {
    const first = open(simulated());
    await first.maker.start();
    await run(first, clock, 10);
    const last = first.board.latest(anAssetId('BTC'));
    await first.maker.stop();

    const second = open({ ...simulated(), holder: 'two' });
    await second.maker.start();
    const next = second.published.find(({ asset_id }) => asset_id === 'BTC');
    expect(Math.abs(Number(next?.mid) / Number(last?.mid) - 1)).toBeLessThan(0.001);
    expect(next?.seq).toBeGreaterThan(last?.seq ?? Infinity);
  });
});

describe('candles', () => {
  test('are complete after a restart, without duplicates', async () => {
    const first = open(simulated());
    await first.maker.start();
    await run(first, clock, 100);
    const recorded = first.maker.market.recentCandles(anAssetId('BTC'), '1h');
    await first.maker.stop();
    const second = open({ ...simulated(), holder: 'two' });
    await second.maker.start();
    await run(second, clock, 60);
    await second.maker.persist();

    const minutes = await second.storedCandles(anAssetId('BTC'), '1m');
    expect(minutes.map(({ open_time, final }) => [open_time.slice(11, 16), final])).toEqual([
      ['14:30', true],
      ['14:31', true],
      ['14:32', false],
    ]);
    const mids = [...first.published, ...second.published]
      .filter(({ asset_id }) => asset_id === 'BTC')
      .map(({ mid }) => Number(mid));
    const hours = await second.storedCandles(anAssetId('BTC'), '1h');
    expect(hours).toHaveLength(1);
    expect(hours[0]?.open).toBe(recorded[0]?.open);
    expect([hours[0]?.high, hours[0]?.low, hours[0]?.close].map(Number)).toEqual([
      Math.max(...mids),
      Math.min(...mids),
      mids.at(-1),
    ]);
  });

  test('are closed when their span ended while no instance ran, and missed spans are absent', async () => {
    const first = open();
    await first.maker.start();
    await first.maker.stop();
    clock.advanceSeconds(3 * 3_600);
    const second = open({ holder: 'two' });
    await second.maker.start();
    await second.maker.persist();
    const hours = await second.storedCandles(anAssetId('BTC'), '1h');
    expect(hours.map(({ open_time, final }) => [open_time.slice(11, 16), final])).toEqual([
      ['14:00', true],
      ['17:00', false],
    ]);
  });

  test('include the volume of trades on the platform', async () => {
    const market = open();
    await market.maker.start();
    for (const quantity of [aQuantity('0.25'), aQuantity('1.5')]) {
      market.trades.report({ asset_id: anAssetId('BTC'), quantity, at: isoTime(clock.now()) });
    }
    await expect
      .poll(() => market.maker.market.livePrice(anAssetId('BTC'))?.day)
      .toMatchObject({ volume_24h: '87500.00' });
    await market.maker.persist();
    expect((await market.storedCandles(anAssetId('BTC'), '5m'))[0]).toMatchObject({ volume: '1.75' });
    expect((await market.storedCandles(anAssetId('USDC'), '5m'))[0]).toMatchObject({ volume: '0' });
  });
});
