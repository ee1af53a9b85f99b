import { hostname } from 'node:os';
import { createFeedLeaseDao } from '@cnop/common/dao/inventory/feed-lease-dao';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRandomSource, createSimulatedFeed } from '../../src/price-feed/simulated-feed.ts';
import type { MarketUnderTest } from './market-under-test.ts';
import { openMarket } from './market-under-test.ts';

const BTC = anAssetId('BTC');

const clock = createFakeClock('2026-03-03T14:30:10.000Z');
let runtime: TestRuntime;
let one: MarketUnderTest;
let two: MarketUnderTest;

const open = (holder: string) =>
  openMarket(
    { store: runtime.store, clock },
    { holder, feed: createSimulatedFeed({ random: createRandomSource(holder), tickSeconds: 1 }) },
  );
const isMaking = ({ board }: MarketUnderTest) => board.latest(BTC)?.source === 'simulated';

beforeEach(async () => {
  clock.set('2026-03-03T14:30:10.000Z');
  runtime = await createTestRuntime({ clock });
  one = open('elsewhere/1/one');
  two = open('elsewhere/2/two');
  await one.assets.createAsset(anAsset({ current_price: '50000' }));
});
afterEach(async () => {
  await one.maker.stop();
  await two.maker.stop();
  await runtime.dispose();
});

describe('two instances over one store', () => {
  test('make one price: the follower publishes the stored ones', async () => {
    await one.maker.start();
    await two.maker.start();
    for (let i = 0; i < 60; i++) {
      clock.advanceSeconds(1);
      await Promise.all([one.maker.tick(), two.maker.tick()]);
      await Promise.all([one.maker.persist(), two.maker.persist()]);
    }
    clock.advanceSeconds(1);
    await two.maker.tick();
    expect(isMaking(one)).toBe(true);
    expect(isMaking(two)).toBe(false);
    expect(two.board.latest(BTC)).toMatchObject({
      mid: one.midOf(BTC),
      source: 'stored',
    });
    const minutes = await one.storedCandles(BTC, '1m');
    expect(minutes).toEqual([...minutes.slice(0, -1), one.maker.market.recentCandles(BTC, '1m').at(-1)]);
  });

  test('publish a manual price at once on the instance that set it, and with the next tick on the other', async () => {
    await one.maker.start();
    await two.maker.start();
    clock.advanceSeconds(1);
    await two.setPrice(BTC, aPrice('100'));
    expect(two.midOf(BTC)).toBe('100');
    clock.advanceSeconds(1);
    await one.maker.tick();
    expect(Math.abs(Number(one.midOf(BTC)) - 100)).toBeLessThan(1);
    await one.setPrice(BTC, aPrice('200'));
    clock.advanceSeconds(1);
    await two.maker.tick();
    expect(two.midOf(BTC)).toBe('200');
  });

  test('change roles when the leader is silent for the length of its lease, and prices continue', async () => {
    await one.maker.start();
    await two.maker.start();
    clock.advanceSeconds(5);
    await one.maker.tick();
    await one.maker.persist();
    const [, stored] = await Promise.all([two.maker.tick(), one.assets.getAsset(BTC)]);
    clock.advanceSeconds(9);
    await two.maker.tick();
    expect(isMaking(two)).toBe(false);
    clock.advanceSeconds(3);
    await two.maker.tick();
    expect(isMaking(two)).toBe(true);
    expect(Math.abs(Number(two.midOf(BTC)) / Number(stored?.current_price) - 1)).toBeLessThan(0.001);
  });

  test('never both write: a leader that slept past its lease writes nothing', async () => {
    await one.maker.start();
    await two.maker.start();
    await one.maker.tick();
    clock.advanceSeconds(15);
    await two.maker.tick();
    await two.maker.persist();
    const before = await two.assets.getAsset(BTC);
    await one.maker.persist();
    expect(await two.assets.getAsset(BTC)).toEqual(before);
    await one.maker.tick();
    expect(one.board.latest(BTC)).toMatchObject({
      source: 'stored',
      mid: before?.current_price,
    });
  });

  test('hand over at once when the leader stops', async () => {
    await one.maker.start();
    await two.maker.start();
    await one.maker.stop();
    clock.advanceSeconds(3);
    await two.maker.tick();
    expect(isMaking(two)).toBe(true);
    expect((await two.storedCandles(BTC, '1m')).length).toBe(1);
  });
});

describe('the lease of a process of this machine', () => {
  /** Above the largest process id of Linux. */
  const UNUSED_PID = 2 ** 22 + 1;
  test.each([
    ['that has ended', `${hostname()}/${UNUSED_PID}/x`, true],
    ['that had our own process id', `${hostname()}/${process.pid}/x`, true],
    ['that runs', `${hostname()}/1/x`, false],
    ['of another machine', `elsewhere-${hostname()}/${UNUSED_PID}/x`, false],
  ])('%s (%s) is taken at once: %s', async (_case, holder, isTaken) => {
    const leases = createFeedLeaseDao(runtime.store);
    await leases.take({ holder, now: clock.now(), lifetimeSeconds: 10, lastSeq: 0 });
    const own = open(`${hostname()}/${process.pid}/own`);
    await own.maker.start();
    expect(isMaking(own)).toBe(isTaken);
    await own.maker.stop();
  });
});
