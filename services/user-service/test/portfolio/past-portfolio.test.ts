import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { candleSchema } from '@cnop/common/entities/inventory/candle';
import { aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { fieldErrors, startUserService } from '../user-service-under-test.ts';
import { bookTrade } from './booked-trade.ts';
import { live, replay, steps } from './random-account.ts';

const START = '2026-01-15T12:00:00.000Z';

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
  const assets = createAssetDao(service.store);
  for (const asset_id of ['BTC', 'ETH'])
    await assets.createAsset(anAsset({ asset_id, current_price: '99.00' }));
});
afterAll(() => service.stop());
beforeEach(() => service.clock.set(START));

let users = 0;
async function user() {
  users += 1;
  const username = aUsername(`past${users}`);
  await service.signedIn(username);
  const headers = () => service.runtime.signIn(username);
  return {
    username,
    get: async (path: string) => service.call('GET', path, { headers: await headers() }),
    call: async (path: string, amount: string) =>
      service.call('POST', path, { headers: await headers(), body: { amount } }),
  };
}

const before = (at: string, milliseconds: number): string =>
  new Date(Date.parse(at) - milliseconds).toISOString();

async function storeCandle(interval: CandleInterval, open_time: string, close: string): Promise<void> {
  const prices = { open: close, high: close, low: close, close, volume: '0' };
  const candle = { asset_id: 'BTC', interval, open_time, ...prices, final: true, source: 'simulated' };
  const writes = [candleRecord.create(candleSchema.parse(candle))];
  await service.store.transact({}, () => ({ writes, result: undefined }));
}

describe('the portfolio of a past moment', () => {
  it('is what a replay of the ledger from its start gives, at every moment', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        service.clock.set(START);
        const owner = await user();
        const journal = await live(service, owner, history);
        const moments = journal.flatMap(({ at }) => [before(at, 1), at]);
        for (const at of [START, ...moments, service.clock.now().toISOString()]) {
          const { status, body } = await owner.get(`/portfolio?as_of=${at}`);
          const due = replay(journal, at);
          expect(status).toBe(200);
          expect(body).toMatchObject({
            usd_balance: due.cash,
            realized_pnl: due.realized,
            asset_count: due.positions.length,
            last_updated: at,
          });
          expect(body).toMatchObject({ assets: due.positions });
        }
      }),
      { numRuns: 12 },
    );
  });

  it('is valued by the shortest candles that are kept from then, or a later trade of the user', async () => {
    const { username, get, call } = await user();
    await call('/balance/deposit', '1000.00');
    await bookTrade(service, { username, assetId: 'BTC', units: '1', cash: '50.00' });
    await storeCandle('1d', '2026-01-16T00:00:00.000Z', '70');
    await storeCandle('1h', '2026-01-17T10:00:00.000Z', '80');
    await storeCandle('1m', '2026-01-17T12:30:00.000Z', '90');
    service.clock.set('2026-01-20T00:00:00.000Z');
    const valueAt = async (at: string) =>
      (await get(`/portfolio?as_of=${at}`)).body as unknown as { total_asset_value: string };
    expect(await valueAt('2026-01-16T23:00:00Z')).toMatchObject({ total_asset_value: '50.00' });
    expect(await valueAt('2026-01-16')).toMatchObject({ total_asset_value: '50.00' });
    expect(await valueAt('2026-01-17T00:00:00Z')).toMatchObject({ total_asset_value: '70.00' });
    expect(await valueAt('2026-01-17T11:30:00Z')).toMatchObject({ total_asset_value: '80.00' });
    expect(await valueAt('2026-01-17T12:30:59Z')).toMatchObject({ total_asset_value: '80.00' });
    expect(await valueAt('2026-01-17T12:31:00Z')).toMatchObject({ total_asset_value: '90.00' });
    service.clock.set('2029-01-20T00:00:00.000Z');
    expect(await valueAt('2026-01-17T12:31:00Z')).toMatchObject({ total_asset_value: '70.00' });
  });

  it('is empty before the account, and refused in the future', async () => {
    const { get, call } = await user();
    await call('/balance/deposit', '10.00');
    expect((await get('/portfolio?as_of=2020-01-01')).body).toMatchObject({
      total_portfolio_value: '0.00',
      assets: [],
      last_updated: '2020-01-01T23:59:59.999Z',
    });
    // Today is not over, so it means now.
    expect((await get('/portfolio?as_of=2026-01-15')).body).toMatchObject({ last_updated: START });
    for (const future of ['2026-01-16', '2026-01-15T12:00:00.001Z', '2026-01-15T13:00:00%2B00:30']) {
      expect(fieldErrors(await get(`/portfolio?as_of=${future}`))).toEqual({ as_of: 'in_the_future' });
    }
    expect((await get('/portfolio?as_of=yesterday')).status).toBe(422);
  });
});
