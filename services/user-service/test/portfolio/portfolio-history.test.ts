import type { Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { MAX_TRANSACTION_ITEMS } from '@cnop/common/database/table-store';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { anAssetId, aPrice, aQuantity, aTime, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aBalance, aBalanceTransaction } from '@cnop/testing/builders/user';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { fieldErrors, startUserService } from '../user-service-under-test.ts';
import { bookTrade } from './booked-trade.ts';

const BORN = aTime('2026-01-15T12:00:00.000Z');
const NOW = aTime('2026-01-18T09:20:00.000Z');
const MAX_LINES = 5_000;

interface HistoryAnswer {
  readonly range: string;
  readonly interval: string;
  readonly complete: boolean;
  readonly data: readonly Readonly<Record<string, string>>[];
}

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
  const assets = createAssetDao(service.store);
  await assets.createAsset(anAsset({ asset_id: 'BTC', current_price: '130.00' }));
  await assets.createAsset(anAsset({ asset_id: 'ONE', current_price: '1.00' }));
  await writeCandles('1d', { '2026-01-15': '110', '2026-01-16': '120', '2026-01-17': '90' });
});
afterAll(() => service.stop());

async function writeCandles(interval: CandleInterval, closes: Readonly<Record<string, string>>) {
  const writes = Object.entries(closes).map(([day, close]) =>
    candleRecord.create({
      asset_id: anAssetId('BTC'),
      interval,
      open_time: isoTime(new Date(day)),
      open: aPrice('100'),
      high: aPrice('200'),
      low: aPrice('50'),
      close: aPrice(close),
      volume: aQuantity('0'),
      final: true,
      source: 'simulated',
      quotes: null,
    }),
  );
  await service.store.transact({}, () => ({ writes, result: undefined }));
}

let people = 0;

/** Signs in a user whose account was created at noon of the first day. */
async function investor() {
  const username = aUsername(`investor${(people += 1)}`);
  await service.addUser({ username, email: `${username}@example.com`, created_at: BORN });
  return {
    username,
    fund: (usd: string) => service.runtime.fund(username, usd),
    trade: (units: string, cash: string, realized?: string, assetId = 'BTC') =>
      bookTrade(service, { username, assetId, units, cash, ...(realized !== undefined && { realized }) }),
  };
}

const ask = async (username: Username, query = '') =>
  service.call('GET', `/portfolio/history${query}`, { headers: await service.runtime.signIn(username) });

async function readHistory(username: Username, range: string): Promise<HistoryAnswer> {
  const answer = await ask(username, `?range=${range}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body as unknown as HistoryAnswer;
}

const shortly = ({ at, cash, asset_value, net_deposits }: Readonly<Record<string, string>>) =>
  [at, cash, asset_value, net_deposits].join(' ');

describe('the portfolio over time', () => {
  it('follows deposits, trades and prices from the creation of the account to the present', async () => {
    const { username, fund, trade } = await investor();
    service.clock.set('2026-01-15T13:00:00.000Z');
    await fund('1000.00');
    await trade('2', '210.00');
    service.clock.set('2026-01-16T13:00:00.000Z');
    await trade('-1', '119.00', '14.00');
    service.clock.set('2026-01-17T13:00:00.000Z');
    await fund('50.00');
    service.clock.set(NOW);
    for (const range of ['1m', 'all']) {
      const history = await readHistory(username, range);
      expect(history).toMatchObject({ range, interval: '1d', complete: true });
      expect(history.data.map(shortly)).toEqual([
        '2026-01-15T12:00:00.000Z 0.00 0.00 0.00',
        // A movement of cash or units is a step: the value does not drift before it.
        '2026-01-15T13:00:00.000Z 0.00 0.00 0.00',
        '2026-01-15T13:00:00.000Z 790.00 210.00 1000.00',
        '2026-01-16T00:00:00.000Z 790.00 220.00 1000.00',
        '2026-01-16T13:00:00.000Z 790.00 238.00 1000.00',
        '2026-01-16T13:00:00.000Z 909.00 119.00 1000.00',
        '2026-01-17T00:00:00.000Z 909.00 120.00 1000.00',
        '2026-01-17T13:00:00.000Z 909.00 120.00 1000.00',
        '2026-01-17T13:00:00.000Z 959.00 120.00 1050.00',
        '2026-01-18T00:00:00.000Z 959.00 90.00 1050.00',
        `${NOW} 959.00 130.00 1050.00`,
      ]);
      for (const { total_value, cash, asset_value } of history.data) {
        expect(total_value).toBe(
          decimal(cash ?? '')
            .plus(asset_value ?? '')
            .toFixed(2),
        );
      }
    }
    // The gain equals that of the portfolio: 14.00 realised, 25.00 unrealised.
    const headers = await service.runtime.signIn(username);
    expect((await service.call('GET', '/portfolio', { headers })).body).toMatchObject({
      total_portfolio_value: '1089.00',
      realized_pnl: '14.00',
      unrealized_pnl: '25.00',
    });
  });

  it('of a day has points a quarter of an hour apart, of a week an hour', async () => {
    const { username, fund } = await investor();
    service.clock.set('2026-01-16T12:00:00.000Z');
    await fund('10.00');
    service.clock.set(NOW);
    const day = await readHistory(username, '1d');
    expect(day).toMatchObject({ interval: '15m', complete: true });
    expect(day.data).toHaveLength(96);
    expect(day.data.slice(-3).map(({ at }) => at)).toEqual([
      '2026-01-18T09:00:00.000Z',
      '2026-01-18T09:15:00.000Z',
      NOW,
    ]);
    expect(new Set(day.data.map(({ total_value }) => total_value))).toEqual(new Set(['10.00']));
    const week = await readHistory(username, '1w');
    expect(week).toMatchObject({ interval: '1h', complete: true });
    expect(week.data[0]).toMatchObject({ at: BORN, total_value: '0.00' });
    // The deposit shares its moment with a point, so another point precedes it.
    expect(week.data).toHaveLength(72);
  });

  it('counts adjustments and withdrawals as net deposits', async () => {
    const { username, fund } = await investor();
    service.clock.set('2026-01-17T12:00:00.000Z');
    await fund('100.00');
    const headers = await service.runtime.signIn(username);
    await service.call('POST', '/balance/withdraw', { headers, body: { amount: '30' } });
    const admin = await service.signedIn(`adjuster${people}`, 'admin');
    const body = { amount: '-5', description: 'a correction' };
    const url = `/admin/users/${username}/adjustments`;
    expect((await service.call('POST', url, { headers: admin, body })).status).toBe(201);
    service.clock.set(NOW);
    const { data } = await readHistory(username, 'all');
    expect(data.at(-1)).toMatchObject({ cash: '65.00', net_deposits: '65.00' });
    expect(data.map(shortly).slice(1, -2)).toEqual([
      '2026-01-16T00:00:00.000Z 0.00 0.00 0.00',
      '2026-01-17T00:00:00.000Z 0.00 0.00 0.00',
      '2026-01-17T12:00:00.000Z 0.00 0.00 0.00',
      '2026-01-17T12:00:00.000Z 65.00 0.00 65.00',
    ]);
  });

  it('values positions that were closed later', async () => {
    const { username, fund, trade } = await investor();
    service.clock.set('2026-01-15T13:00:00.000Z');
    await fund('105.00');
    await trade('1', '105.00');
    service.clock.set('2026-01-17T13:00:00.000Z');
    await trade('-1', '100.00', '-5.00');
    service.clock.set(NOW);
    const { data } = await readHistory(username, '1m');
    expect(data.map(shortly).slice(3)).toEqual([
      '2026-01-16T00:00:00.000Z 0.00 110.00 105.00',
      '2026-01-17T00:00:00.000Z 0.00 120.00 105.00',
      '2026-01-17T13:00:00.000Z 0.00 100.00 105.00',
      '2026-01-17T13:00:00.000Z 100.00 0.00 105.00',
      '2026-01-18T00:00:00.000Z 100.00 0.00 105.00',
      `${NOW} 100.00 0.00 105.00`,
    ]);
  });

  it('covers a month by default, and has one point for a new account', async () => {
    service.clock.set(NOW);
    const username = aUsername('newborn');
    await service.addUser({ username, email: 'newborn@example.com', created_at: NOW });
    expect((await ask(username)).body).toEqual({
      range: '1m',
      interval: '1d',
      data: [{ at: NOW, total_value: '0.00', cash: '0.00', asset_value: '0.00', net_deposits: '0.00' }],
      complete: true,
    });
  });

  it('conserves money at every moment while trades go on', async () => {
    const { username, fund } = await investor();
    service.clock.set('2026-01-18T09:00:00.000Z');
    await fund('1000.00');
    service.clock.set(NOW);
    // One unit costs one dollar, so trades do not change the total.
    let isTrading = true;
    const trading = (async () => {
      for (let i = 0; isTrading; i += 1) {
        const isBuy = i % 2 === 0;
        const trade = { username, assetId: 'ONE', units: isBuy ? '7' : '-7', cash: '7.00' };
        await bookTrade(service, isBuy ? trade : { ...trade, realized: '0.00' });
      }
    })();
    const seen = new Set<string>();
    for (let i = 0; i < 30; i += 1) {
      const { data } = await readHistory(username, '1d');
      for (const { total_value, net_deposits } of data.slice(-3)) seen.add(`${total_value} ${net_deposits}`);
    }
    isTrading = false;
    await trading;
    expect([...seen]).toEqual(['1000.00 1000.00']);
  });

  it('starts later and is incomplete when there are more transactions than it may read', async () => {
    const username = aUsername('restless');
    const count = MAX_LINES + 100;
    await service.addUser({ username, email: 'restless@example.com', created_at: BORN });
    const lines = Array.from({ length: count }, (_, index) =>
      balanceTransactionRecord.create(
        aBalanceTransaction({
          username,
          sequence: index + 1,
          transaction_id: `${String(index + 1).padStart(12, '0')}-x`,
          previous_balance: `${index}.00`,
          new_balance: `${index + 1}.00`,
          // The first hundred are on the first day, the rest on the third.
          created_at: index < 100 ? '2026-01-15T13:00:00.000Z' : '2026-01-17T13:00:00.000Z',
        }),
      ),
    );
    for (let start = 0; start < lines.length; start += MAX_TRANSACTION_ITEMS) {
      const writes = lines.slice(start, start + MAX_TRANSACTION_ITEMS);
      await service.store.transact({}, () => ({ writes, result: undefined }));
    }
    const reads = { balance: balanceRecord.key({ username }) };
    const balance = aBalance({
      username,
      current_balance: `${count}.00`,
      transaction_count: count,
      created_at: BORN,
    });
    await service.store.transact(reads, () => ({
      writes: [balanceRecord.replace(balance)],
      result: undefined,
    }));
    service.clock.set(NOW);
    const history = await readHistory(username, 'all');
    expect(history.complete).toBe(false);
    expect(history.data.map(shortly).slice(-2)).toEqual([
      `2026-01-18T00:00:00.000Z ${count}.00 0.00 ${count}.00`,
      `${NOW} ${count}.00 0.00 ${count}.00`,
    ]);
    expect(await readHistory(username, '1d')).toMatchObject({ complete: false });
  });

  it.each([
    ['range=2d', { range: 'invalid_value' }],
    ['range=', { range: 'invalid_value' }],
    ['interval=1m', { interval: 'unknown_field' }],
  ])('refuses %s', async (query, errors) => {
    const answer = await ask(aUsername('investor1'), `?${query}`);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual(errors);
  });

  it('is not found for a session whose account is gone', async () => {
    expect(await ask(aUsername('ghost'))).toMatchObject({ status: 404, body: { code: 'RES_001' } });
  });
});
