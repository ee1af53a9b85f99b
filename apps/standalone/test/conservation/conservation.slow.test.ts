import { decimal, formatUsd } from '@cnop/common/core/money';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { aUsername } from '@cnop/testing/builders/brands';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { verifyStore } from '../../src/verify/audit-store.ts';
import { openDynamoDb } from '../verify/dynamodb-store.ts';
import { doubtsAboutBooks } from './conservation.ts';
import type { Run } from './operations.ts';
import { operations } from './operations.ts';
import type { World } from './world.ts';
import { openWorld, SECOND_STAFF, STAFF } from './world.ts';

/** Runs in the embedded store; CI has 300 more, and 10000 is the full number. DynamoDB gets a thirtieth. */
const RUNS = Number(process.env['CONSERVATION_RUNS'] ?? '30');
const SHARE_ON_DYNAMODB = 30;
const OPERATIONS = { minLength: 8, maxLength: 20, size: 'max' } as const;
/** What each user begins with, so that most operations succeed. */
const OPENING = [
  ['/balance/deposit', { amount: '2000' }],
  ['/balance/deposit', { amount: '300', currency: 'EUR' }],
  ['/balance/deposit', { amount: '9000', currency: 'JPY' }],
  ['/orders', { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' }],
] as const;
/** So many runs have every kind of request succeed at least once. */
const RUNS_FOR_ALL = 200;
const KINDS = [
  '/admin/orders/:id/refund',
  '/admin/orders/:id/refund/approve',
  '/admin/users/:id/adjustments',
  '/balance/deposit',
  '/balance/deposit EUR',
  '/balance/deposit JPY',
  '/balance/withdraw',
  '/balance/withdraw EUR',
  '/balance/withdraw JPY',
  '/conversions',
  '/orders limit_buy',
  '/orders limit_sell',
  '/orders market_buy',
  '/orders market_sell',
  '/orders stop_loss',
  '/orders take_profit',
  '/orders trailing_stop',
  '/orders/:id/cancel',
  '/transfers',
  '/transfers/units',
];
const SEED = Date.now() % 1_000_000_000;
const TIMEOUT_MILLISECONDS = 60_000 + RUNS * 1_000;

const cleanup = createCleanup();
afterEach(() => cleanup.run());

let runs = 0;
async function openRun(world: World, done: Run['done'] = new Map()): Promise<Run> {
  runs += 1;
  const users = ['ada', 'bob', 'cleo'].map((name) => aUsername(`${name}_${runs}`));
  await Promise.all(users.map(async (username) => world.open(username)));
  for (const [url, body] of OPENING) {
    await Promise.all(users.map(async (as) => world.post({ as, url, body })));
  }
  return { world, users, openOrders: [], filledOrders: [], answered: [], keys: 0, done };
}

const ADAPTERS: Readonly<
  Record<string, { readonly runs: number; readonly open: () => Promise<TableStore | undefined> }>
> = {
  'the embedded store': { runs: RUNS, open: async () => undefined },
  ...(whyNoDynamoDb() === undefined && {
    DynamoDB: { runs: Math.ceil(RUNS / SHARE_ON_DYNAMODB), open: () => openDynamoDb(cleanup) },
  }),
};

describe.each(Object.entries(ADAPTERS))('in %s', (_name, adapter) => {
  test('no operation makes or loses money or units, at any step', {
    timeout: TIMEOUT_MILLISECONDS,
  }, async () => {
    const world = await openWorld(cleanup, await adapter.open());
    for (const staff of [STAFF, SECOND_STAFF]) await world.open(staff, 'admin');
    const done: Run['done'] = new Map();
    const property = fc.asyncProperty(fc.array(operations, OPERATIONS), async (steps) => {
      const run = await openRun(world, done);
      for (const { act } of steps) {
        await act(run);
        expect(await doubtsAboutBooks(world.store, run.users)).toEqual([]);
      }
    });
    await fc.assert(property, { numRuns: adapter.runs, seed: SEED });
    // A run in which nothing succeeds proves nothing.
    if (adapter.runs >= RUNS_FOR_ALL) expect([...done.keys()].toSorted()).toEqual(KINDS);
    const report = await verifyStore(world.store);
    expect(report.violations).toEqual([]);
  });
});

test('a cent that comes from nowhere is found', async () => {
  const world = await openWorld(cleanup);
  const { users } = await openRun(world);
  const username = users[0]!;
  expect(await doubtsAboutBooks(world.store, users)).toEqual([]);
  await world.store.transact({ balance: balanceRecord.key({ username }) }, ({ balance }) => {
    const before = balanceRecord.read(balance!);
    const planted = { ...before, current_balance: formatUsd(decimal(before.current_balance).plus('0.01')) };
    return { writes: [balanceRecord.replace(planted)], result: undefined };
  });
  const [doubt, ...others] = await doubtsAboutBooks(world.store, users);
  expect(doubt).toContain(`${username} USD: the ledger sums to`);
  expect(others).toEqual([]);
});
