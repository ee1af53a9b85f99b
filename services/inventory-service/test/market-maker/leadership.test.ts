import {
  createFeedLeaseDao,
  FEED_LEASE_KEY,
  feedLeaseRecord,
} from '@cnop/common/dao/inventory/feed-lease-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { processLocation } from '@cnop/common/process/process-identity';
import { anAssetId, aPrice, aTime } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MarketMakerOptions } from '../../src/market-maker/market-maker.ts';
import { createRandomSource, createSimulatedFeed } from '../../src/price-feed/simulated-feed.ts';
import type { MarketUnderTest } from './market-under-test.ts';
import { openMarket } from './market-under-test.ts';

const BTC = anAssetId('BTC');

const clock = createFakeClock('2026-03-03T14:30:10.000Z');
let runtime: TestRuntime;
let one: MarketUnderTest;
let two: MarketUnderTest;

const open = (
  holder: string,
  { store = runtime.store, ...options }: Partial<MarketMakerOptions> = {},
): MarketUnderTest =>
  openMarket(
    { store, clock },
    {
      holder,
      feed: createSimulatedFeed({ random: createRandomSource(holder), tickSeconds: 1 }),
      ...options,
    },
  );
const isMaking = ({ board }: MarketUnderTest) => board.latest(BTC)?.source === 'simulated';

beforeEach(async () => {
  clock.set('2026-03-03T14:30:10.000Z');
  runtime = await createTestRuntime({ clock });
  one = open('one');
  two = open('two');
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

  test('change roles when the leader is silent for its term, and prices continue', async () => {
    await one.maker.start();
    await two.maker.start();
    clock.advanceSeconds(1);
    await one.maker.tick();
    await one.maker.persist();
    await two.maker.tick();
    const stored = await one.assets.getAsset(BTC);
    clock.advanceMilliseconds(1_900);
    await two.maker.tick();
    expect(isMaking(two)).toBe(false);
    clock.advanceMilliseconds(100);
    await two.maker.tick();
    expect(isMaking(two)).toBe(true);
    expect(Math.abs(Number(two.midOf(BTC)) / Number(stored?.current_price) - 1)).toBeLessThan(0.001);
  });

  test('never both write: a leader that was paused past its term writes nothing', async () => {
    await one.maker.start();
    await two.maker.start();
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
    clock.advanceMilliseconds(500);
    await two.maker.tick();
    expect(isMaking(two)).toBe(true);
    expect((await two.storedCandles(BTC, '1m')).length).toBe(1);
  });

  test('never take the lease from each other, wherever they run, while each renews it in time', async () => {
    const location = processLocation();
    const [first, second] = [open('first', { location }), open('second', { location })];
    await first.maker.start();
    await second.maker.start();
    for (let i = 0; i < 30; i++) {
      clock.advanceSeconds(1);
      await first.maker.tick();
      await second.maker.tick();
      expect([isMaking(first), isMaking(second)]).toEqual([true, false]);
    }
    await first.maker.stop();
    await second.maker.stop();
  });
});

describe.each([
  ['ahead of', 300],
  ['behind', -300],
])('a leader whose clock is five minutes %s the next one', (_case, seconds) => {
  const SKEW_MILLISECONDS = seconds * 1_000;
  const skewed = {
    now: () => new Date(clock.now().getTime() + SKEW_MILLISECONDS),
    elapsedMilliseconds: clock.elapsedMilliseconds,
  };

  test('is followed within its term after its death, by newer prices with the right time', async () => {
    const wrong = open('wrong', { clock: skewed });
    await wrong.maker.start();
    await two.maker.start();
    for (let i = 0; i < 3; i++) {
      clock.advanceSeconds(1);
      await wrong.maker.tick();
      await wrong.maker.persist();
      await two.maker.tick();
    }
    const last = two.board.latest(BTC);
    expect(last?.at).toBe(skewed.now().toISOString());
    // It dies: no tick of it follows.
    clock.advanceSeconds(2);
    await two.maker.tick();
    await two.maker.persist();
    expect(two.board.latest(BTC)).toMatchObject({ source: 'simulated', at: clock.now().toISOString() });
    expect(two.board.latest(BTC)?.seq).toBeGreaterThan(last?.seq ?? Infinity);
    expect(await two.assets.getAsset(BTC)).toMatchObject({
      last_price_update: clock.now().toISOString(),
      current_price: two.midOf(BTC),
    });
  });
});

describe('a leader that learns that its clock is wrong', () => {
  let isRight = true;
  const tickBoth = async (wrong: MarketUnderTest): Promise<void> => {
    clock.advanceMilliseconds(500);
    await wrong.maker.tick();
    await two.maker.tick();
  };
  beforeEach(() => {
    isRight = true;
  });

  test('leaves the lease to one whose clock is right while it stays alive, and does not take it back', async () => {
    const wrong = open('wrong', { mayTimeQuotes: () => isRight });
    await wrong.maker.start();
    await two.maker.start();
    await tickBoth(wrong);
    expect([isMaking(wrong), isMaking(two)]).toEqual([true, false]);
    const last = wrong.board.latest(BTC);
    isRight = false;
    for (let i = 0; i < 2; i++) await tickBoth(wrong);
    expect(isMaking(two)).toBe(true);
    expect(two.board.latest(BTC)?.seq).toBeGreaterThan(last?.seq ?? Infinity);
    for (let i = 0; i < 10; i++) {
      await two.maker.persist();
      await tickBoth(wrong);
      expect([isMaking(wrong), isMaking(two)]).toEqual([false, true]);
    }
    await wrong.maker.stop();
  });

  test('keeps the lease while no other one has a better clock', async () => {
    const [wrong, other] = ['wrong', 'other'].map((name) => open(name, { mayTimeQuotes: () => false }));
    await wrong!.maker.start();
    await other!.maker.start();
    for (let i = 0; i < 10; i++) {
      clock.advanceSeconds(1);
      await wrong!.maker.tick();
      await other!.maker.tick();
      expect([isMaking(wrong!), isMaking(other!)]).toEqual([true, false]);
    }
    await wrong!.maker.stop();
    await other!.maker.stop();
  });
});

test('a leader that is paused while it stores prices cannot store them after another took over', async () => {
  let pause: (() => Promise<void>) | undefined;
  const store: TableStore = {
    ...runtime.store,
    async transact(reads, decide) {
      if ('sheet' in reads) await pause?.();
      return runtime.store.transact(reads, decide);
    },
  };
  const paused = open('paused', { store, storesBeforeShowing: true });
  await paused.maker.start();
  await two.maker.start();
  const shown = paused.board.latest(BTC);
  pause = async () => {
    pause = undefined;
    await two.maker.tick();
    clock.advanceSeconds(2);
    await two.maker.tick();
    await two.maker.persist();
  };
  clock.advanceSeconds(1);
  await paused.maker.tick();
  expect(isMaking(two)).toBe(true);
  expect(await two.assets.getAsset(BTC)).toMatchObject({ current_price: two.midOf(BTC) });
  expect(paused.board.latest(BTC)).toEqual(shown);
  await paused.maker.stop();
});

test('a holder of an earlier version, which renews its lease every three seconds, keeps it', async () => {
  const renew = async (expires_at: string): Promise<void> =>
    runtime.store.transact({ lease: FEED_LEASE_KEY }, () => ({
      writes: [feedLeaseRecord.replace({ holder: 'host/1/former', expires_at: aTime(expires_at) })],
      result: undefined,
    }));
  await renew('2026-03-03T14:30:20.000Z');
  await two.maker.start();
  for (const second of ['23', '26', '29']) {
    clock.advanceSeconds(3);
    await renew(`2026-03-03T14:30:${second}.000Z`);
    await two.maker.tick();
    expect(isMaking(two)).toBe(false);
  }
  clock.advanceSeconds(5);
  await two.maker.tick();
  expect(isMaking(two)).toBe(true);
});

describe.skipIf(process.platform !== 'linux')('the lease of a process of this machine', () => {
  const own = processLocation();
  test.each([
    ['that has ended', `${own}0`, true],
    ['that runs', own, false],
    ['of another machine', 'boot/pid:[1]/1/1', false],
  ])('%s (%s) is taken at once: %s', async (_case, location, isTaken) => {
    const leases = createFeedLeaseDao(runtime.store);
    await leases.take({ holder: 'before', location, now: clock.now(), lastSeq: 0 });
    const next = open('next');
    await next.maker.start();
    expect(isMaking(next)).toBe(isTaken);
    await next.maker.stop();
  });
});
