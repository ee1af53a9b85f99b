import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import { buildOrderServiceApp } from '@cnop/order-service/app';
import { aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, describe, expect, test } from 'vitest';
import { verifyStore } from '../../src/verify/audit-store.ts';
import { nameOf } from '../../src/verify/violation.ts';
import { openDynamoDb } from './dynamodb-store.ts';

const USERNAMES = ['alice', 'bob', 'carol', 'dave'];
const MAX_QUOTE_AGE_SECONDS = 3_600;
/** An order is placed whenever the audit has read as many more items. */
const ITEMS_BETWEEN_ORDERS = 10;
const GOLD = anAsset({ asset_id: 'GOLD', current_price: '2003.37', spread_bps: 37, fee_bps: 23 });

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** A market of the real order service whose users trade in turn. */
async function createMarket(given?: TableStore) {
  const runtime = await createTestRuntime(given && { store: given });
  cleanup.defer(() => runtime.dispose());
  const app = await buildOrderServiceApp({ ...runtime, maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS });
  cleanup.defer(() => app.close());
  const at = isoTime(runtime.clock.now());
  await createAssetDao(runtime.store).createAsset({ ...GOLD, last_price_update: at });
  runtime.quotes.publish([quoteAround(GOLD, { mid: aPrice('2003.37'), at, source: 'manual', seq: 1 })]);
  const headers = new Map<string, { readonly authorization: string }>();
  for (const username of USERNAMES) {
    const user = aUser({ username, email: `${username}@example.com` });
    const writes = [userRecord.create(user), emailClaimRecord.create(user)];
    await runtime.store.transact({}, () => ({ writes, result: undefined }));
    await runtime.fund(username, '900000.00');
    headers.set(username, await runtime.signIn(username));
  }

  let placed = 0;
  const orders = [
    { order_type: 'market_buy' },
    { order_type: 'limit_buy', price: '1900' },
    { order_type: 'market_sell' },
  ];
  async function place(username: string, fields: object): Promise<void> {
    const order = { asset_id: 'GOLD', quantity: '0.1', ...fields };
    placed += 1;
    const response = await app.inject({
      method: 'POST',
      url: '/orders',
      headers: {
        ...headers.get(username),
        'content-type': 'application/json',
        'idempotency-key': `order-${placed}`,
      },
      payload: JSON.stringify(order),
    });
    expect(response.statusCode, response.body).toBe(201);
  }
  async function placeNext(): Promise<void> {
    const round = Math.floor(placed / USERNAMES.length);
    await place(USERNAMES[placed % USERNAMES.length] ?? '', orders[round % orders.length] ?? {});
  }
  for (let order = 0; order < 3 * USERNAMES.length; order += 1) await placeNext();
  return { store: runtime.store, place, placeNext };
}

/** A store without snapshots in which an order is committed again and again while it is scanned. */
function busy(store: TableStore, placeNext: () => Promise<void>): TableStore {
  const { snapshot: _absent, ...others } = store;
  return {
    ...others,
    async *scan(table, after) {
      let items = 0;
      for await (const item of store.scan(table, after)) {
        if (items % ITEMS_BETWEEN_ORDERS === 0) await placeNext();
        items += 1;
        yield item;
      }
    },
  };
}

/** Adds a dollar to the balance of bob that no ledger entry explains. */
async function plantDollar(store: TableStore): Promise<void> {
  const key = balanceRecord.key({ username: aUsername('bob') });
  await store.transact({ balance: key }, ({ balance }) => {
    const current_balance = `${(Number(balance?.attributes['current_balance']) + 1).toFixed(2)}`;
    const attributes = { ...balance?.attributes, current_balance };
    return { writes: [{ kind: 'replace', key, attributes }], result: undefined };
  });
}

const STORES = [
  { name: 'the embedded store', isMissing: false, open: async () => undefined },
  { name: 'DynamoDB', isMissing: whyNoDynamoDb() !== undefined, open: () => openDynamoDb(cleanup) },
];

describe.each(STORES)('an audit beside orders in $name', ({ isMissing, open }) => {
  test.skipIf(isMissing)('reads again what it saw in halves, and finds nothing', async () => {
    const { store, placeNext } = await createMarket(await open());
    const report = await verifyStore(busy(store, placeNext));
    expect(report).toMatchObject({ violations: [], unsettled: [], is_snapshot: false });
    expect(report.reread).toBeGreaterThan(0);
  });

  test.skipIf(isMissing)('finds a planted dollar in an account that trades on', async () => {
    const { store, placeNext } = await createMarket(await open());
    await plantDollar(store);
    const { violations, unsettled } = await verifyStore(busy(store, placeNext));
    expect(unsettled).toEqual([]);
    expect(violations.map(({ rule }) => rule)).toContain('ledger-chain');
    for (const { rule, keys } of violations)
      for (const key of keys) expect(`${rule} ${nameOf(key)}`).toContain('bob');
  });
});

/** A store in which bob trades whenever his balance is read, for a number of readings. */
function withTradingBob(store: TableStore, buy: () => Promise<void>, readings: number): TableStore {
  let left = readings;
  return {
    ...store,
    async batchGet(keys) {
      const items = await store.batchGet(keys);
      const isOfBob = keys.some(({ pk, sk }) => pk === 'bob' && sk === 'BALANCE');
      if (isOfBob && left > 0) {
        left -= 1;
        await buy();
      }
      return items;
    },
  };
}

test('an account that changes during each reading is reported as not settled, and not as a violation', async () => {
  const { store, place, placeNext } = await createMarket();
  const buy = () => place('bob', { order_type: 'market_buy' });
  const neverQuiet = withTradingBob(busy(store, placeNext), buy, Number.POSITIVE_INFINITY);
  const report = await verifyStore(neverQuiet, { pauseMilliseconds: 0 });
  expect(report.violations).toEqual([]);
  expect(report.unsettled.map(({ what }) => what)).toEqual(['the account bob']);
});

/** The orders of bob while his account is read again: each part of an account grows, and orders stay open. */
const WHILE_READ = [
  { order_type: 'market_buy' },
  { order_type: 'limit_buy', price: '1800' },
  { order_type: 'market_sell' },
  { order_type: 'limit_sell', price: '9000' },
  { order_type: 'market_buy' },
];

async function createQuietLater() {
  const { store, place, placeNext } = await createMarket();
  let placed = 0;
  const trade = async () => {
    await place('bob', { ...WHILE_READ[placed % WHILE_READ.length], client_order_id: `bob-${placed}` });
    placed += 1;
  };
  return {
    store,
    quietLater: withTradingBob(busy(store, placeNext), trade, WHILE_READ.length),
    placed: () => placed,
  };
}

test('an account that changes during the first readings is settled by a later one', async () => {
  const { quietLater, placed } = await createQuietLater();
  const report = await verifyStore(quietLater, { pauseMilliseconds: 0 });
  expect(placed()).toBe(WHILE_READ.length);
  expect(report).toMatchObject({ violations: [], unsettled: [] });
});

test('a planted dollar in such an account is found by a later reading', async () => {
  const { store, quietLater } = await createQuietLater();
  await plantDollar(store);
  const { violations, unsettled } = await verifyStore(quietLater, { pauseMilliseconds: 0 });
  expect(unsettled).toEqual([]);
  expect(violations.map(({ rule }) => rule)).toContain('ledger-chain');
});
