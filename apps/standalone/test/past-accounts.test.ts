import { isoTime } from '@cnop/common/core/brands';
import { createAssetBalanceDao, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createCandleDao } from '@cnop/common/dao/inventory/candle-dao';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { TableStore, Write } from '@cnop/common/database/table-store';
import { createQuoteBoard } from '@cnop/common/market/market-data';
import { aUsername } from '@cnop/testing/builders/brands';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { Portfolio } from '@cnop/user-service/portfolio/domain/portfolio';
import { readPastPortfolio } from '@cnop/user-service/portfolio/use-cases/read-past-portfolio';
import { readPortfolio } from '@cnop/user-service/portfolio/use-cases/read-portfolio';
import { readTaxReport } from '@cnop/user-service/tax/use-cases/read-tax-report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDynamoDb } from './verify/dynamodb-store.ts';
import { createSoundStore } from './verify/sound-store.ts';

// What the real services have stored, with fees, spreads and refunds, read as of now.

const cleanup = createCleanup();
let sound: Awaited<ReturnType<typeof createSoundStore>>;
beforeAll(async () => {
  sound = await createSoundStore();
  cleanup.defer(() => sound.dispose());
});
afterAll(() => cleanup.run());

/** Users whose units moved through the services: judy got refunds, and others sent or received units. */
const TRADERS = ['alice', 'bob', 'heidi', 'ivan', 'judy'].map(aUsername);
const ITEMS_PER_COMMIT = 25;

async function copyTo(target: TableStore, source: TableStore): Promise<void> {
  const writes: Write[] = [];
  for (const table of ['users', 'inventory'] as const) {
    for await (const { key, attributes } of source.scan(table))
      writes.push({ kind: 'create', key, attributes });
  }
  for (let start = 0; start < writes.length; start += ITEMS_PER_COMMIT) {
    const some = writes.slice(start, start + ITEMS_PER_COMMIT);
    await target.transact({}, () => ({ writes: some, result: undefined }));
  }
}

/** Returns what does not depend on prices. */
function booked({ usd_balance, realized_pnl, total_invested, assets }: Portfolio) {
  const positions = assets.map(({ asset_id, quantity, average_purchase_price, ...position }) => [
    asset_id,
    quantity,
    average_purchase_price,
    position.total_invested,
    position.realized_pnl,
  ]);
  return { usd_balance, realized_pnl, total_invested, positions };
}

const reason = whyNoDynamoDb();
const stores = [
  { kind: 'LMDB', open: async (sound: TableStore) => sound },
  ...(reason === undefined
    ? [
        {
          kind: 'DynamoDB',
          async open(sound: TableStore) {
            const store = await openDynamoDb(cleanup);
            await copyTo(store, sound);
            return store;
          },
        },
      ]
    : []),
];

describe.each(stores)('an account in $kind', ({ open }) => {
  let store: TableStore;
  beforeAll(async () => {
    store = await open(sound.store);
  });

  const depsOf = () => ({
    store,
    clock: sound.clock,
    balances: createBalanceDao(store),
    holdings: createAssetBalanceDao(store),
    trades: createAssetTransactionDao(store),
    assets: createAssetDao(store),
    candles: createCandleDao(store),
    quotes: createQuoteBoard(),
  });

  it.each(TRADERS)('of %s is now what a replay of its history gives', async (username) => {
    const now = isoTime(sound.clock.now());
    const past = await readPastPortfolio(depsOf(), { username, moment: { start: now, end: now } });
    expect(booked(past)).toEqual(booked(await readPortfolio(depsOf(), username)));
  });

  it.each(TRADERS)('of %s has disposals that add up to its realised profit', async (username) => {
    const firstPage = { limit: 100, offset: 0, after: undefined };
    const selection = { username, year: 2026, assetId: undefined };
    const { totals } = await readTaxReport(depsOf(), selection, firstPage);
    expect(totals.gain).toBe((await readPortfolio(depsOf(), username)).realized_pnl);
    expect(totals.realized_pnl).toBe(totals.gain);
  });
});
