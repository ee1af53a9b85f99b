import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { isoTime } from '@cnop/common/core/brands';
import { createHouseBookDao } from '@cnop/common/dao/house/house-book-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import { PLATFORM_SUBJECT } from '@cnop/common/entities/user/audit-event';
import { anAssetId, aQuantity } from '@cnop/testing/builders/brands';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterEach, describe, expect, test } from 'vitest';
import { verifyStore } from '../../src/verify/audit-store.ts';
import { nameOf } from '../../src/verify/violation.ts';
import { openDynamoDb } from '../verify/dynamodb-store.ts';
import { createStoreEditor } from '../verify/store-editor.ts';
import type { Market } from './market.ts';
import { killedAt, project, startMarket, tradeForDays } from './market.ts';
import { bookInSameForm, foldRawItems } from './raw-fold.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

const withoutZeros = (sums: ReadonlyMap<string, bigint>) =>
  Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n));

async function expectExact(market: Market): Promise<void> {
  const { store } = market.runtime;
  expect(withoutZeros(await bookInSameForm(store))).toEqual(withoutZeros(await foldRawItems(store)));
  const { violations } = await verifyStore(store, { clock: market.clock });
  expect(violations).toEqual([]);
}

const ADAPTERS: Readonly<Record<string, () => Promise<TableStore | undefined>>> = {
  'the embedded store': async () => undefined,
  ...(whyNoDynamoDb() === undefined && { DynamoDB: () => openDynamoDb(cleanup) }),
};

async function openAccounts(market: Market): Promise<void> {
  for (const name of ['ann', 'ben', 'cleo', 'dan']) await market.open(name, '100000.00');
}

describe.each(Object.entries(ADAPTERS))('the house book in %s', (_name, open) => {
  test('has every entry once, when processes that compete are killed at each commit', async () => {
    const market = await startMarket(cleanup, await open());
    const { store } = market.runtime;
    await openAccounts(market);
    for (let commit = 1; commit <= 4; commit += 1) {
      await tradeForDays(market, 4);
      const killed = [killedAt(store, commit, false), killedAt(store, commit, true), store];
      await project(market, killed);
    }
    await expectExact(market);
    // Nothing is added by a pass without news.
    await project(market);
    await expectExact(market);
  });
});

test('the book says up to when it is complete, and the audit finds what is wrong in it', async () => {
  const market = await startMarket(cleanup);
  const { store } = market.runtime;
  await openAccounts(market);
  await tradeForDays(market, 6);
  expect(await createHouseBookDao(store).getCompleteTo()).toBeNull();
  await project(market);
  const before = market.clock.now().getTime();
  expect(await createHouseBookDao(store).getCompleteTo()).toBe(isoTime(new Date(before - 5_000)));
  await tradeForDays(market, 2);
  const { violations } = await verifyStore(store, { clock: market.clock });
  expect(violations).toEqual([]);

  const editor = await createStoreEditor(store);
  const damage = async (isMeant: (item: Item) => boolean, changes: Item['attributes']): Promise<string> => {
    const item = editor.find(isMeant);
    await editor.edit(item, changes);
    return nameOf(item.key);
  };
  const rules = async () =>
    (await verifyStore(store, { clock: market.clock })).violations.map(({ rule, keys }) => [
      rule,
      ...keys.map(nameOf),
    ]);
  const total = await damage(({ key }) => key.pk === 'HOUSE-BOOK#GOLD' && key.sk === 'ALL', { units: '1' });
  expect(await rules()).toEqual([['house-sums', total]]);
  const { snapshot: _absent, ...withoutSnapshots } = store;
  const report = await verifyStore(withoutSnapshots, { clock: market.clock, pauseMilliseconds: 0 });
  expect(report.violations.map(({ rule }) => rule)).toEqual(['house-sums']);
  await editor.restore();

  const checkpoint = await damage(({ key }) => key.sk === 'BALANCE-BOOK' && key.pk === 'ann', {
    last_day: '2001-01-01',
  });
  expect(await rules()).toEqual([['house-checkpoint', checkpoint]]);
  await editor.restore();
  expect(await rules()).toEqual([]);
});

test('an asset of which the house sold more than allowed is closed for buys, with an audit event', async () => {
  const market = await startMarket(cleanup);
  const { store } = market.runtime;
  const assets = createAssetDao(store);
  const gold = anAssetId('GOLD');
  await market.open('ann', '100000.00');
  await assets.updateAsset(gold, () => ({ max_house_exposure: aQuantity('2') }));
  await market.trade('ann', { order_type: 'market_buy', asset_id: 'GOLD', quantity: '2' });
  await project(market);
  expect((await assets.getAsset(gold))?.status).toBe('active');
  await market.trade('ann', { order_type: 'market_buy', asset_id: 'GOLD', quantity: '0.00000001' });
  await project(market);
  expect((await assets.getAsset(gold))?.status).toBe('close_only');
  const { items } = await createAuditLogger(market.runtime).byUser(PLATFORM_SUBJECT, { limit: 5 });
  expect(items).toMatchObject([
    {
      event_type: 'admin_action',
      actor: null,
      detail: { action: 'exposure_limit', asset_id: 'GOLD', units: '-2.00000001', limit: '2' },
      changes: [{ field: 'status', before: 'active', after: 'close_only' }],
    },
  ]);
  // Sales go on, and only staff open the asset again.
  await market.trade('ann', { order_type: 'market_sell', asset_id: 'GOLD', quantity: '1' });
  await project(market);
  expect((await assets.getAsset(gold))?.status).toBe('close_only');
});
