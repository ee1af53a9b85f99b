import type { AssetId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import { MAX_TRANSACTION_ITEMS } from '@cnop/common/database/table-store';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { anAssetId, aPrice, aQuantity, aTime, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookTrade } from '../portfolio/booked-trade.ts';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { fieldErrors, startUserService } from '../user-service-under-test.ts';
import { annualRate, rateOf, readRawAccount, timeWeightedGrowth } from './independent-performance.ts';

const START = aTime('2026-01-10T00:00:00.000Z');
const BORN = aTime('2026-01-15T12:00:00.000Z');
const NOW = aTime('2026-03-20T09:20:00.000Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ASSETS: readonly AssetId[] = ['BTC', 'ETH'].map(anAssetId);

interface Figure {
  readonly value: number | null;
  readonly unavailable: string | null;
}

interface PerformanceAnswer {
  readonly from: string;
  readonly to: string;
  readonly interval: string;
  readonly start_value: string;
  readonly end_value: string;
  readonly paid_in: string;
  readonly paid_out: string;
  readonly gain: string;
  readonly funded_from: string | null;
  readonly time_weighted_return: Readonly<Record<'period' | 'annualised', Figure>>;
  readonly money_weighted_return: Readonly<Record<'period' | 'annualised', Figure>>;
  readonly drawdown: { readonly depth: number; readonly recovered: string | null } | null;
  readonly volatility: Figure;
  readonly daily_returns: number;
  readonly best_day: { readonly day: string; readonly return: number } | null;
  readonly benchmark: Readonly<Record<'return' | 'alpha' | 'correlation' | 'tracking_error', Figure>> | null;
  readonly months: readonly Readonly<Record<string, string | number | null>>[];
  readonly data: readonly {
    readonly at: string;
    readonly return: number;
    readonly benchmark_return: number;
  }[];
  readonly notes: readonly string[];
  readonly inputs: {
    readonly valuations: readonly Readonly<Record<string, string>>[];
    readonly flows: readonly Readonly<Record<string, string>>[];
    readonly benchmark_prices: readonly Readonly<Record<string, string>>[];
  } | null;
}

/** Prices in whole cents that wander: the same at each run. */
function pricesOf(assetId: AssetId): (hour: number) => string {
  const base = assetId === 'BTC' ? 20_000 : 1_000;
  return (hour) => {
    const wave = Math.round(base * 0.2 * Math.sin(hour / (assetId === 'BTC' ? 90 : 37)));
    return ((base + wave + ((hour * 7_919) % 97)) / 100).toFixed(2);
  };
}
const hourOf = (at: number) => Math.floor((at - Date.parse(START)) / HOUR);
const priceAt = (assetId: AssetId, at: number) => pricesOf(assetId)(hourOf(at) - 1);

function candleOf(assetId: AssetId, interval: '1h' | '1d', opensAt: number): Candle {
  const close = priceAt(assetId, opensAt + (interval === '1h' ? HOUR : DAY));
  return {
    asset_id: assetId,
    interval,
    open_time: isoTime(new Date(opensAt)),
    open: aPrice(priceAt(assetId, opensAt)),
    high: aPrice('100000'),
    low: aPrice('0.01'),
    close: aPrice(close),
    volume: aQuantity('0'),
    final: true,
    source: 'simulated',
    quotes: null,
  };
}

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
  const candles: Candle[] = [];
  const assets = createAssetDao(service.store);
  for (const assetId of ASSETS) {
    const current_price = priceAt(assetId, Date.parse(NOW));
    await assets.createAsset(anAsset({ asset_id: assetId, current_price }));
    for (let at = Date.parse(START); at + HOUR <= Date.parse(NOW); at += HOUR) {
      candles.push(candleOf(assetId, '1h', at));
      if (at % DAY === 0 && at + DAY <= Date.parse(NOW)) candles.push(candleOf(assetId, '1d', at));
    }
  }
  for (let start = 0; start < candles.length; start += MAX_TRANSACTION_ITEMS) {
    const writes = candles.slice(start, start + MAX_TRANSACTION_ITEMS).map(candleRecord.create);
    await service.store.transact({}, () => ({ writes, result: undefined }));
  }
  await assets.createAsset(anAsset({ asset_id: 'DUST', current_price: '0.01' }));
  await assets.createAsset(anAsset({ asset_id: 'NEW', current_price: '5.00' }));
});
afterAll(() => service.stop());

let people = 0;

async function investor(createdAt = BORN): Promise<Username> {
  const username = aUsername(`performer${(people += 1)}`);
  service.clock.set(createdAt);
  await service.addUser({ username, email: `${username}@example.com`, created_at: createdAt });
  return username;
}

async function withdraw(username: Username, amount: string): Promise<void> {
  const headers = await service.runtime.signIn(username);
  const answer = await service.call('POST', '/balance/withdraw', { headers, body: { amount } });
  expect(answer.status, answer.text).toBe(201);
}

async function ask(username: Username, query: string) {
  const headers = await service.runtime.signIn(username);
  return service.call('GET', `/portfolio/performance?${query}`, { headers });
}

async function measure(username: Username, query: string): Promise<PerformanceAnswer> {
  const answer = await ask(username, query);
  expect(answer.status, answer.text).toBe(200);
  expect(answer.text).not.toMatch(/NaN|Infinity/);
  return answer.body as unknown as PerformanceAnswer;
}

/** Trades at the price of the moment, for a fee of a dollar. */
async function trade(username: Username, assetId: AssetId, units: number): Promise<void> {
  const price = Number(priceAt(assetId, service.clock.now().getTime()));
  const cash = (Math.abs(units) * price - Math.sign(-units)).toFixed(2);
  await bookTrade(service, {
    username,
    assetId,
    units: String(units),
    cash,
    ...(units < 0 && { realized: '0.00' }),
  });
}

/** Deposits, withdraws and trades at odd moments, the same at each run. */
async function busyInvestor(seed: number): Promise<Username> {
  const username = await investor();
  let state = seed;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const units = { BTC: 0, ETH: 0 };
  let at = Date.parse(BORN) + 1_000;
  for (let step = 0; at < Date.parse(NOW) - DAY; step += 1) {
    service.clock.set(isoTime(new Date(at)));
    const assetId = next(2) === 0 ? 'BTC' : 'ETH';
    if (step % 4 === 0) await service.runtime.fund(username, `${5_000 + next(9_000)}.${10 + next(80)}`);
    else if (step % 4 === 3) await withdraw(username, `${1 + next(900)}.05`);
    else if (units[assetId] >= 2 && next(2) === 0) {
      await trade(username, anAssetId(assetId), -2);
      units[assetId] -= 2;
    } else {
      await trade(username, anAssetId(assetId), 4);
      units[assetId] += 4;
    }
    at += HOUR + next(40 * HOUR);
  }
  service.clock.set(NOW);
  return username;
}

describe('the returns of a portfolio', () => {
  it('equal those that an independent computation finds in the raw ledger', async () => {
    for (const seed of [1, 2, 3]) {
      const username = await busyInvestor(seed);
      const raw = await readRawAccount(service.store, username, ASSETS);
      for (const query of [
        'range=all',
        'range=1m',
        'range=ytd',
        'range=3m',
        'from=2026-02-03&to=2026-03-07',
      ]) {
        const answer = await measure(username, query);
        const [from, to] = [Date.parse(answer.from), Date.parse(answer.to)];
        const growth = timeWeightedGrowth(raw, from, to);
        expect(String(answer.time_weighted_return.period.value), query).toBe(rateOf(growth));
        const annual = annualRate(raw, from, to);
        expect(answer.money_weighted_return.annualised.value, query).toBeCloseTo(annual, 9);
        expect(answer.end_value).toBe((Number(raw.valueAt(to, true)) / 100).toFixed(2));
      }
      for (const month of (await measure(username, 'range=all')).months) {
        const [from, to] = [month.from, month.to].map((at) => Date.parse(String(at)));
        expect(String(month.return)).toBe(rateOf(timeWeightedGrowth(raw, from ?? 0, to ?? 0)));
      }
    }
  });

  it('do not depend on what was paid in and out', async () => {
    const username = await investor();
    service.clock.set('2026-02-01T10:00:00.000Z');
    await service.runtime.fund(username, '1000.00');
    service.clock.set('2026-02-11T10:00:00.000Z');
    await service.runtime.fund(username, '50000.00');
    service.clock.set('2026-02-21T10:00:00.000Z');
    await withdraw(username, '50999.00');
    service.clock.set(NOW);
    expect(await measure(username, 'range=all&include=inputs')).toMatchObject({
      from: BORN,
      to: NOW,
      interval: '1d',
      start_value: '0.00',
      end_value: '1.00',
      paid_in: '51000.00',
      paid_out: '50999.00',
      gain: '0.00',
      funded_from: '2026-02-01T10:00:00.000Z',
      time_weighted_return: { period: { value: 0, unavailable: null }, annualised: { value: 0 } },
      drawdown: null,
      volatility: { value: 0 },
      notes: [],
      inputs: {
        flows: [
          { at: '2026-02-01T10:00:00.000Z', amount: '1000.00' },
          { at: '2026-02-11T10:00:00.000Z', amount: '50000.00' },
          { at: '2026-02-21T10:00:00.000Z', amount: '-50999.00' },
        ],
      },
    });
    const { money_weighted_return: weighted } = await measure(username, 'range=all');
    expect(weighted.period.value).toBeCloseTo(0, 12);
  });

  it('count an adjustment by staff as paid in, and transfers on both sides', async () => {
    const [sender, receiver] = [await investor(), await investor()];
    service.clock.set('2026-03-01T10:00:00.000Z');
    await service.runtime.fund(sender, '100.00');
    const headers = await service.runtime.signIn(sender);
    const body = { to: receiver, amount: '30.00' };
    expect((await service.call('POST', '/transfers', { headers, body })).status).toBe(201);
    const admin = await service.signedIn(`measurer${people}`, 'admin');
    const url = `/admin/users/${receiver}/adjustments`;
    const adjustment = { amount: '12', description: 'a correction' };
    expect((await service.call('POST', url, { headers: admin, body: adjustment })).status).toBe(201);
    service.clock.set(NOW);
    expect(await measure(sender, 'range=all')).toMatchObject({
      paid_in: '70.00',
      paid_out: '0.00',
      gain: '0.00',
    });
    expect(await measure(receiver, 'range=all')).toMatchObject({ paid_in: '42.00', gain: '0.00' });
  });
});

describe('units that move without cash', () => {
  it('are paid out of one portfolio and into the other at their value', async () => {
    const [sender, receiver] = [await investor(), await investor()];
    service.clock.set('2026-03-01T10:30:00.000Z');
    await service.runtime.fund(sender, '400.00');
    await bookTrade(service, { username: sender, assetId: 'UNIT', units: '8', cash: '400.00' });
    const last_price_update = aTime('2026-03-10T10:30:00.000Z');
    const asset = anAsset({ asset_id: 'UNIT', current_price: '70.00', last_price_update });
    await createAssetDao(service.store).createAsset(asset);
    service.clock.set(last_price_update);
    const headers = await service.runtime.signIn(sender);
    const body = { to: receiver, asset_id: 'UNIT', quantity: '4' };
    const answer = await service.call('POST', '/transfers/units', { headers, body });
    expect(answer.status, answer.text).toBe(201);
    service.clock.set(NOW);
    const ends = { end_value: '280.00', time_weighted_return: { period: { value: 0.4 } } };
    expect(await measure(sender, 'range=all')).toMatchObject({
      paid_in: '400.00',
      paid_out: '280.00',
      ...ends,
    });
    expect(await measure(receiver, 'range=all')).toMatchObject({
      paid_in: '280.00',
      end_value: '280.00',
      gain: '0.00',
    });
  });
});

describe('a benchmark', () => {
  it('equals a portfolio that holds nothing else', async () => {
    const username = await investor();
    service.clock.set('2026-02-01T10:00:00.000Z');
    const price = priceAt(anAssetId('BTC'), service.clock.now().getTime());
    await service.runtime.fund(username, (Number(price) * 8).toFixed(2));
    await bookTrade(service, { username, assetId: 'BTC', units: '8', cash: (Number(price) * 8).toFixed(2) });
    service.clock.set(NOW);
    const answer = await measure(username, 'range=all&benchmark=btc');
    const grown = Number(priceAt(anAssetId('BTC'), Date.parse(NOW))) / Number(price) - 1;
    expect(answer.benchmark?.return.value).toBeCloseTo(grown, 8);
    expect(answer.benchmark).toMatchObject({ alpha: { value: 0 }, tracking_error: { value: 0 } });
    expect(answer.benchmark?.correlation.value).toBeCloseTo(1, 9);
    expect(answer.data.every((point) => point.return === point.benchmark_return)).toBe(true);
    expect(answer.best_day?.return).toBeGreaterThan(0);
    expect(answer.drawdown?.depth).toBeLessThan(0);
  });

  it('without a price at the start has no figures', async () => {
    const username = await investor();
    await service.runtime.fund(username, '10.00');
    service.clock.set(NOW);
    const none = { value: null, unavailable: 'no_prices' };
    expect((await measure(username, 'range=all&benchmark=NEW')).benchmark).toEqual({
      return: none,
      alpha: none,
      correlation: none,
      tracking_error: none,
    });
  });

  it('is not found when no such asset exists', async () => {
    expect(await ask(aUsername('performer1'), 'benchmark=NOPE')).toMatchObject({ status: 404 });
  });
});

describe('an account that is hard to measure', () => {
  it('without money says so', async () => {
    const username = await investor(NOW);
    service.clock.set(NOW);
    const none = { value: null, unavailable: 'no_capital' };
    for (const query of ['range=1y&benchmark=BTC', 'range=1d', 'from=2025-01-01&to=2025-02-01']) {
      expect(await measure(username, query)).toMatchObject({
        funded_from: null,
        time_weighted_return: { period: none, annualised: none },
        money_weighted_return: { period: none, annualised: none },
        volatility: none,
        best_day: null,
        drawdown: null,
        data: [],
        notes: ['younger_than_period', 'no_capital'],
      });
    }
  });

  it('younger than the period begins with the account', async () => {
    const username = await investor(aTime('2026-03-18T00:00:00.000Z'));
    await service.runtime.fund(username, '100.00');
    service.clock.set(NOW);
    expect(await measure(username, 'range=1y')).toMatchObject({
      from: '2026-03-18T00:00:00.000Z',
      interval: '1h',
      start_value: '100.00',
      time_weighted_return: { period: { value: 0 }, annualised: { value: null, unavailable: 'too_short' } },
      volatility: { value: null, unavailable: 'too_few_days' },
      daily_returns: 2,
      notes: ['younger_than_period'],
    });
  });

  it('that was empty for a time goes on with what is paid in later', async () => {
    const username = await investor();
    await service.runtime.fund(username, '100.00');
    service.clock.set('2026-02-01T10:00:00.000Z');
    await withdraw(username, '100.00');
    service.clock.set('2026-03-01T10:00:00.000Z');
    await service.runtime.fund(username, '100.00');
    service.clock.set(NOW);
    const answer = await measure(username, 'range=all');
    expect(answer.notes).toEqual(['interrupted']);
    expect(answer.time_weighted_return.period.value).toBe(0);
    expect(answer.months.map(({ month, return: rate }) => [month, rate])).toEqual([
      ['2026-01', 0],
      ['2026-02', 0],
      ['2026-03', 0],
    ]);
  });

  it('that lost everything has a return of -100 %, and no rate that explains it', async () => {
    const username = await investor();
    service.clock.set('2026-02-01T10:00:00.000Z');
    await service.runtime.fund(username, '100.00');
    // A hundredth of a cent is worth nothing, since a sale rounds down.
    await bookTrade(service, { username, assetId: 'DUST', units: '0.01', cash: '100.00' });
    service.clock.set(NOW);
    expect(await measure(username, 'range=all')).toMatchObject({
      end_value: '0.00',
      gain: '-100.00',
      time_weighted_return: { period: { value: -1 }, annualised: { value: -1 } },
      money_weighted_return: { period: { value: null, unavailable: 'total_loss' }, solutions: [] },
      drawdown: { depth: -1, recovered: null },
      notes: ['total_loss'],
    });
  });
});

describe('a query', () => {
  it.each([
    ['range=2d', { range: 'invalid_value' }],
    ['range=1m&from=2026-01-01', { range: 'invalid_period' }],
    ['from=2026-02-01&to=2026-01-01', { from: 'invalid_period' }],
    ['from=yesterday', { from: 'invalid_union' }],
    ['include=everything', { include: 'invalid_value' }],
  ])('%s is refused', async (query, errors) => {
    const answer = await ask(aUsername('performer1'), query);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual(errors);
  });
});
