import {
  assetBalanceRecord,
  assetTransactionRecord,
  createAssetTransactionDao,
} from '@cnop/common/dao/asset/position-dao';
import { assetRecord, createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { stakingRateRecord } from '@cnop/common/dao/staking/staking-dao';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { createDueWorkRunner } from '@cnop/common/scheduling/due-work';
import { anAssetId, aTime, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postReward, releaseUnits } from '../../src/staking/use-cases/accrue-rewards.ts';
import { bookTrade } from '../portfolio/booked-trade.ts';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { countByStatus, fieldErrors, startUserService } from '../user-service-under-test.ts';

const NOW = '2026-01-15T12:00:00.000Z';
const DAY_MILLISECONDS = 86_400_000;

let service: UserServiceUnderTest;
let assets: ReturnType<typeof createAssetDao>;
beforeAll(async () => {
  service = await startUserService();
  assets = createAssetDao(service.store);
  await setRate('SOL', '2026-01-01', '7.3', 2);
});
afterAll(() => service.stop());

async function setRate(assetId: string, from_day: string, rate_percent: string | null, cooldown_days = 0) {
  const asset_id = anAssetId(assetId);
  if (!(await assets.getAsset(asset_id)))
    await assets.createAsset(anAsset({ asset_id, current_price: '2.00' }));
  const rate = {
    asset_id,
    from_day,
    rate_percent,
    cooldown_days,
    set_by: aUsername('root'),
    set_at: aTime(NOW),
  };
  const write = stakingRateRecord.create(rate);
  await service.store.transact({}, () => ({ writes: [write], result: undefined }));
}

async function changeAsset(assetId: string, changes: Partial<Asset>): Promise<void> {
  const key = assetRecord.key({ asset_id: anAssetId(assetId) });
  await service.store.transact({ asset: key }, ({ asset }) => ({
    writes: [assetRecord.replace({ ...assetRecord.readIfPresent(asset)!, ...changes })],
    result: undefined,
  }));
}

let stakers = 0;

/** Signs in a user with units of an asset. */
async function aStaker(units = '100', assetId = 'SOL') {
  service.clock.set(NOW);
  stakers += 1;
  const username = aUsername(`staker${stakers}`);
  const headers = await service.signedIn(username);
  await service.runtime.fund(username, '1000.00');
  await bookTrade(service, { username, assetId, units, cash: '100.00' });
  const body = (quantity: string) => ({ asset_id: assetId, quantity });
  const post = (path: string, quantity: string, extra: Record<string, string> = {}) =>
    service.call('POST', `/staking/${path}`, { headers: { ...headers, ...extra }, body: body(quantity) });
  return {
    username,
    headers,
    stake: (quantity: string, extra?: Record<string, string>) => post('stake', quantity, extra),
    unstake: (quantity: string, extra?: Record<string, string>) => post('unstake', quantity, extra),
    preview: (kind: string, quantity: string) => post(`${kind}/preview`, quantity),
    position: async () => {
      const key = assetBalanceRecord.key({ username, asset_id: anAssetId(assetId) });
      return assetBalanceRecord.readIfPresent(await service.store.get(key));
    },
    read: async () => {
      const as = await service.runtime.signIn(username);
      const { body: answer } = await service.call('GET', '/staking', { headers: as });
      return answer.data.find(({ asset_id }) => asset_id === assetId);
    },
    /** Returns the rewards that were posted, oldest first. */
    rewards: async () => {
      const trades = createAssetTransactionDao(service.store);
      const all = await trades.getTradesSince(
        username,
        anAssetId(assetId),
        aTime('2026-01-01T00:00:00.000Z'),
      );
      return all.filter(({ transaction_type }) => transaction_type === 'staking');
    },
  };
}

/** Creates one process's runner of the work that is due. */
const runner = () =>
  createDueWorkRunner({
    work: createDueWorkDao(service.store),
    handlers: {
      staking_rewards: (work) => postReward({ ...service.runtime, assets }, work),
      staking_release: (work) => releaseUnits({ ...service.runtime, assets }, work),
    },
    everyMilliseconds: 60_000,
    clock: service.clock,
    monotonicClock: service.clock,
    log: { error: (fields: unknown) => errors.push(fields) },
  });
const errors: unknown[] = [];

async function runAt(time: string): Promise<void> {
  service.clock.set(time);
  await runner().run();
}

/** The exact reward of each day in fractions of integers, which shares no code with the service. */
function independentRewards(
  days: number,
  stakedOn: (day: number) => bigint,
  millionthsOn: (day: number) => bigint,
): string[] {
  let [numerator, paid] = [0n, 0n];
  const denominator = 365n * 100n * 1_000_000n;
  return Array.from({ length: days }, (_, day) => {
    numerator += stakedOn(day) * millionthsOn(day);
    const due = numerator / denominator - paid;
    paid += due;
    const digits = String(due).padStart(9, '0');
    return `${digits.slice(0, -8)}.${digits.slice(-8)}`.replace(/\.?0+$/, '');
  });
}

it('a year of rewards agrees with an independent computation, through changes of the rate and of the stake', async () => {
  await setRate('YEAR', '2026-01-01', '5.25');
  await setRate('YEAR', '2026-04-10', '3.1415');
  await setRate('YEAR', '2026-08-01', '0.0001');
  await setRate('YEAR', '2026-09-01', '12');
  const { stake, unstake, rewards, username } = await aStaker('9.87654321', 'YEAR');
  await stake('1.23456789');
  const first = Date.parse('2026-01-16');
  const at = (day: number) => new Date(first + day * DAY_MILLISECONDS + 1_000);
  const act = async (day: number, change: typeof stake, quantity: string) => {
    service.clock.set(at(day));
    await runner().run();
    expect((await change(quantity, await service.runtime.signIn(username))).status).toBe(201);
  };
  await act(100, stake, '3.00000001');
  await act(200, unstake, '2.5');
  service.clock.set(at(365));
  await runner().run();
  expect(errors).toEqual([]);
  const staked = (day: number): bigint => {
    if (day <= 100) return 123_456_789n;
    // Units taken out earn nothing on that day.
    return day < 200 ? 423_456_790n : 173_456_790n;
  };
  const rate = (day: number): bigint => {
    const date = new Date(first + day * DAY_MILLISECONDS).toISOString().slice(0, 10);
    if (date < '2026-04-10') return 5_250_000n;
    if (date < '2026-08-01') return 3_141_500n;
    return date < '2026-09-01' ? 100n : 12_000_000n;
  };
  const expected = independentRewards(365, staked, rate).filter((quantity) => quantity !== '0');
  const posted = (await rewards()).toSorted((one, other) =>
    (one.description ?? '') < (other.description ?? '') ? -1 : 1,
  );
  expect(posted.map(({ quantity }) => quantity)).toEqual(expected);
  expect(posted.every((reward) => assetTransactionRecord.key(reward).pk === `TRANS#${username}#YEAR`)).toBe(
    true,
  );
});

describe('a stake', () => {
  it('holds its units, and tells the user', async () => {
    const { stake, position, read, headers } = await aStaker();
    expect(await stake('40')).toMatchObject({
      status: 201,
      body: { message: 'Staked 40 SOL', staked_quantity: '40', earns_from: '2026-01-16', release_at: null },
    });
    expect(await position()).toMatchObject({ quantity: '100', held_quantity: '40' });
    expect(await read()).toMatchObject({
      staked_quantity: '40',
      rate: { rate_percent: '7.3', cooldown_days: 2 },
      next_rate: null,
      next_reward: { day: '2026-01-15', quantity: '0', posted_at: '2026-01-16T00:00:00.000Z' },
    });
    const events = (await service.call('GET', '/events?after=0', { headers })).body.data;
    expect(events.at(-1)).toMatchObject({ data: { holding: { quantity: '100', held_quantity: '40' } } });
  });

  it('of more than is available is refused, as are its units in a transfer', async () => {
    const { stake, headers } = await aStaker('10');
    await stake('8');
    expect(await stake('3')).toMatchObject({ status: 422, body: { code: 'BUS_001', available: '2' } });
    await service.addUser({ username: `heir${stakers}` });
    const body = { to: `heir${stakers}`, asset_id: 'SOL', quantity: '3' };
    expect((await service.call('POST', '/transfers/units', { headers, body })).body.code).toBe('BUS_001');
  });

  it('takes effect once for each key', async () => {
    const { stake, position } = await aStaker();
    const once = () => stake('5', { 'idempotency-key': 'stake-1' });
    expect(countByStatus(await Promise.all([once(), once(), once()]))).toEqual({ 201: 3 });
    expect(await position()).toMatchObject({ held_quantity: '5' });
    expect(fieldErrors(await stake('6', { 'idempotency-key': 'stake-1' }))).toEqual({
      'Idempotency-Key': 'key_reused',
    });
  });

  it('of an asset without a rate, of a closed one, or with too many digits is refused', async () => {
    await setRate('OFF', '2026-01-01', null);
    const { stake } = await aStaker('10', 'OFF');
    expect((await stake('1')).body.code).toBe('BUS_003');
    const other = await aStaker();
    expect(fieldErrors(await other.stake('0.000000001'))).toEqual({ quantity: 'too_precise' });
    await changeAsset('SOL', { status: 'close_only' });
    expect((await other.stake('1')).body.code).toBe('BUS_003');
    await changeAsset('SOL', { status: 'active' });
  });

  it('of whole units alone is taken for an asset of whole units', async () => {
    await setRate('ART', '2026-01-01', '36.5');
    await changeAsset('ART', { category: 'nft', quantity_scale: 0 });
    const { stake, read } = await aStaker('100', 'ART');
    expect(fieldErrors(await stake('0.5'))).toEqual({ quantity: 'too_precise' });
    expect((await stake('7')).status).toBe(201);
    for (const day of ['16', '17']) await runAt(`2026-01-${day}T00:00:01.000Z`);
    // 0.007 a day: nothing but whole units is posted, and the rest is carried.
    expect(await read()).toMatchObject({ rewards_total: '0', staked_quantity: '7' });
  });
});

describe('units that are taken out', () => {
  it('are available after the cool-down', async () => {
    const { stake, unstake, position, read } = await aStaker();
    await stake('40');
    expect(await unstake('15')).toMatchObject({
      status: 201,
      body: { staked_quantity: '25', release_at: '2026-01-17T12:00:00.000Z' },
    });
    expect(await position()).toMatchObject({ held_quantity: '40' });
    await runAt('2026-01-17T11:59:59.000Z');
    expect(await read()).toMatchObject({ cooling: [{ quantity: '15' }] });
    await runAt('2026-01-17T12:00:00.000Z');
    expect(await position()).toMatchObject({ held_quantity: '25' });
    expect(await read()).toMatchObject({ cooling: [], staked_quantity: '25' });
  });

  it('are at most those that are staked', async () => {
    const { stake, unstake } = await aStaker();
    await stake('40');
    expect(await unstake('41')).toMatchObject({ status: 422, body: { code: 'BUS_001', available: '40' } });
  });

  it('earn nothing on that day', async () => {
    const { stake, unstake, rewards, username } = await aStaker();
    await stake('50');
    await runAt('2026-01-16T00:00:00.000Z');
    expect((await unstake('50', await service.runtime.signIn(username))).status).toBe(201);
    await runAt('2026-01-17T00:00:00.000Z');
    expect(await rewards()).toEqual([]);
  });
});

describe('a preview', () => {
  it('shows the stake before and after, and writes nothing', async () => {
    const { preview, position } = await aStaker();
    expect(await preview('stake', '40')).toMatchObject({
      status: 200,
      body: {
        data: {
          would_be: 'completed',
          staked: { before: '0', after: '40' },
          available: { before: '100', after: '60' },
          rate_percent: '7.3',
          earns_from: '2026-01-16',
          reasons: [],
        },
      },
    });
    expect((await preview('unstake', '1')).body).toMatchObject({
      data: { would_be: 'refused', reasons: [{ code: 'BUS_001' }] },
    });
    expect(await position()).toMatchObject({ held_quantity: '0' });
  });
});

describe('rewards', () => {
  it('cost nothing, come from outside and do not stake by themselves', async () => {
    const { stake, rewards, position, username } = await aStaker();
    await stake('50');
    await runAt('2026-01-16T00:00:00.000Z');
    await runAt('2026-01-17T00:00:00.000Z');
    const [reward, ...others] = await rewards();
    expect(others).toEqual([]);
    // 50 x 7.3 % / 365
    expect(reward).toMatchObject({
      quantity: '0.01',
      counterpart: 'external:staking',
      direction: 'in',
      cost: '0.00',
      price: '2.00',
      total_amount: '0.02',
      description: 'Staking reward for 2026-01-16: 7.3 % a year on 50',
    });
    expect(await position()).toMatchObject({
      quantity: '100.01',
      held_quantity: '50',
      total_invested: '100.00',
    });
    const as = await service.runtime.signIn(username);
    const history = (await service.call('GET', '/staking/SOL/history', { headers: as })).body.data;
    expect(history).toMatchObject([
      { kind: 'reward', day: '2026-01-16', quantity: '0.01', rate_percent: '7.3' },
      { kind: 'reward', day: '2026-01-15', quantity: '0' },
      { kind: 'stake', day: '2026-01-15', quantity: '50', staked_quantity: '50' },
    ]);
  });

  it('of a month without a process are each posted once, by however many processes', async () => {
    const { stake, rewards } = await aStaker();
    await stake('50');
    service.clock.set('2026-02-15T06:00:00.000Z');
    await Promise.all([runner().run(), runner().run(), runner().run()]);
    const days = (await rewards()).map(({ description }) => description?.slice(19, 29));
    const expected = Array.from({ length: 30 }, (_, index) =>
      new Date(Date.parse('2026-01-16') + index * DAY_MILLISECONDS).toISOString().slice(0, 10),
    );
    expect(new Set(days)).toEqual(new Set(expected));
    expect(days).toHaveLength(expected.length);
  });

  it('that are due are posted before a change of the stake', async () => {
    const { stake, unstake, rewards, username } = await aStaker();
    await stake('50');
    service.clock.set('2026-01-18T06:00:00.000Z');
    const headers = await service.runtime.signIn(username);
    await unstake('50', headers);
    expect((await rewards()).map(({ quantity }) => quantity)).toEqual(['0.01', '0.01']);
  });

  it('end with a delisting, which gives the units back', async () => {
    await setRate('END', '2026-01-01', '36.5', 9);
    const { stake, position, read } = await aStaker('100', 'END');
    await stake('100');
    await runAt('2026-01-16T00:00:00.000Z');
    await changeAsset('END', { status: 'delisted', delisted_at: aTime('2026-01-16T08:00:00.000Z') });
    await runAt('2026-01-17T00:00:00.000Z');
    expect(await position()).toMatchObject({ quantity: '100', held_quantity: '0' });
    expect(await read()).toMatchObject({ staked_quantity: '0', next_reward: null });
  });
});

describe('the rate', () => {
  it('is set by an administrator from the next day on, and recorded', async () => {
    service.clock.set(NOW);
    await setRate('NEW', '2026-01-01', '1');
    const admin = await service.signedIn('rate_setter', 'admin');
    const set = (rate_percent: unknown, headers = admin) =>
      service.call('PUT', '/admin/staking/NEW', { headers, body: { rate_percent, cooldown_days: 7 } });
    expect(await set('4.5')).toMatchObject({
      status: 200,
      body: { data: { from_day: '2026-01-16', rate_percent: '4.5', set_by: 'rate_setter' } },
    });
    expect((await set('5')).status).toBe(200);
    const customer = await service.signedIn('rate_reader');
    expect((await set('5', customer)).status).toBe(403);
    expect(fieldErrors(await set('1000.1'))).toEqual({ rate_percent: 'too_big' });
    const { body } = await service.call('GET', '/staking', { headers: customer });
    expect(body.data.find(({ asset_id }) => asset_id === 'NEW')).toMatchObject({
      rate: { rate_percent: '1' },
      next_rate: { from_day: '2026-01-16', rate_percent: '5', cooldown_days: 7 },
      staked_quantity: '0',
    });
    expect(await service.eventsOf('rate_setter')).toMatchObject([
      { detail: { action: 'set_staking_rate', asset_id: 'NEW' }, changes: [{ before: '4.5', after: '5' }] },
      {
        changes: [
          { before: '1', after: '4.5' },
          { field: 'cooldown_days', before: '0', after: '7' },
        ],
      },
    ]);
  });

  it('of an unknown asset is not found', async () => {
    const admin = await service.signedIn('rate_seeker', 'admin');
    const body = { rate_percent: '1', cooldown_days: 0 };
    expect((await service.call('PUT', '/admin/staking/NONE', { headers: admin, body })).status).toBe(404);
  });
});
