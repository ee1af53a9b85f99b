import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import type { FakeClock } from '@cnop/testing/fake-clock';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { planHouseBook, projectHouseBook } from '@cnop/user-service/house-book/use-cases/project-house-book';
import { expect } from 'vitest';

const SECONDS_PER_ROUND = 7 * 3_600;
const PAUSE_SECONDS = 60;
const LEASE_SECONDS = 30;

/** Assets whose totals and fees need rounding. */
export const ASSETS = [
  anAsset({ asset_id: 'GOLD', current_price: '2003.37', spread_bps: 37, fee_bps: 23 }),
  anAsset({ asset_id: 'DOGE', current_price: '0.123456', price_scale: 6, spread_bps: 120 }),
].map((asset) => ({ ...asset, last_price_update: isoTime(new Date(0)) }));
/** A request for an order, with the terms of its type. */
export interface MarketOrder {
  readonly order_type: string;
  readonly asset_id: string;
  readonly quantity: string;
  readonly price?: string;
  readonly stop_price?: string;
}

/** Users who trade with the real order service, and a clock that only the test moves. */
export interface Market {
  readonly runtime: TestRuntime;
  readonly clock: FakeClock;
  open(name: string, usd: string): Promise<void>;
  trade(name: string, order: MarketOrder): Promise<void>;
}

/** Starts a market over a store; by default over an embedded one. */
export async function startMarket(cleanup: Cleanup, store?: TableStore): Promise<Market> {
  const clock = createFakeClock();
  const runtime = await createTestRuntime({ clock, ...(store && { store }) });
  cleanup.defer(() => runtime.dispose());
  for (const asset of ASSETS) await createAssetDao(runtime.store).createAsset(asset);
  const app = await buildOrderServiceApp({ ...runtime, maxQuoteAgeSeconds: 60 });
  cleanup.defer(() => app.close());
  let seq = 0;
  return {
    runtime,
    clock,
    async open(name, usd) {
      const user = aUser({ username: name, email: `${name}@example.com`, created_at: isoTime(clock.now()) });
      const writes = [userRecord.create(user), emailClaimRecord.create(user)];
      await runtime.store.transact({}, () => ({ writes, result: undefined }));
      await runtime.fund(name, usd);
    },
    async trade(name, order) {
      seq += 1;
      const quotes = ASSETS.map((asset) =>
        quoteAround(asset, {
          mid: aPrice(asset.current_price),
          at: isoTime(clock.now()),
          source: 'manual',
          seq,
        }),
      );
      runtime.quotes.publish(quotes);
      const response = await app.inject({
        method: 'POST',
        url: '/orders',
        headers: { ...(await runtime.signIn(name)), 'content-type': 'application/json' },
        payload: JSON.stringify(order),
      });
      expect(response.statusCode, response.body).toBe(201);
    },
  };
}

/** Runs what is due until a pass is over, in one or more processes at once, each over a store of its own. */
export async function project({ runtime, clock }: Market, stores = [runtime.store]): Promise<void> {
  clock.advanceSeconds(PAUSE_SECONDS);
  await planHouseBook(runtime);
  for (let round = 0; round < 100; round += 1) {
    const now = { at: isoTime(clock.now()), limit: 1 };
    const [work] = (await createDueWorkDao(runtime.store).getDue('house_book', now)).items;
    if (!work) return;
    const process = { ...runtime, houseBookSeconds: PAUSE_SECONDS, log: runtime.logger };
    const runs = stores.map(async (store) => projectHouseBook({ ...process, store }, work));
    const outcomes = await Promise.allSettled(runs);
    // A process that crashed leaves a lease, or the work as it was.
    if (outcomes.some(({ status }) => status === 'rejected')) clock.advanceSeconds(LEASE_SECONDS);
  }
  throw new Error('the pass did not end');
}

/** A store whose process is killed around one of its commits: before it, or after it and before the answer. */
export function killedAt(store: TableStore, commit: number, afterIt: boolean): TableStore {
  let commits = 0;
  return {
    ...store,
    async transact(reads, decide) {
      commits += 1;
      if (commits === commit && !afterIt) throw new Error('killed');
      const result = await store.transact(reads, decide);
      if (commits === commit) throw new Error('killed');
      return result;
    },
  };
}

/** Lets three users buy and sell two assets, over several days. */
export async function tradeForDays(market: Market, rounds: number): Promise<void> {
  const sides = ['market_buy', 'market_buy', 'market_sell'] as const;
  for (let round = 0; round < rounds; round += 1) {
    market.clock.advanceSeconds(SECONDS_PER_ROUND);
    const name = ['ann', 'ben', 'cleo'][round % 3] ?? 'ann';
    const [order_type, asset_id] = [
      sides[(round >> 1) % 3] ?? 'market_buy',
      round % 2 === 0 ? 'GOLD' : 'DOGE',
    ];
    const quantity = order_type === 'market_buy' ? `1.${round + 1}7` : '0.333';
    if (order_type === 'market_sell')
      await market.trade(name, { order_type: 'market_buy', asset_id, quantity: '1' });
    await market.trade(name, { order_type, asset_id, quantity });
  }
}
