import { assetBalanceRecord, createAssetBalanceDao } from '@cnop/common/dao/asset/position-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { anAssetId, aUsername } from '@cnop/testing/builders/brands';
import { aBalance } from '@cnop/testing/builders/user';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PAGE = { limit: 100, offset: 0, after: undefined };
const position = (username: string, asset_id: string, quantity = '0.5') =>
  aStoredAssetBalance({ username, asset_id, quantity });
const POSITIONS = [
  position('alice', 'BTC'),
  position('alice', 'ETH', '0'),
  position('alice2', 'ADA'),
  position('alice2', 'BTC', '0'),
  position('bob', 'BTC'),
];

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await createTestRuntime();
  const writes = [...POSITIONS.map(assetBalanceRecord.create), balanceRecord.create(aBalance())];
  await runtime.store.transact({}, () => ({ writes, result: undefined }));
});
afterAll(() => runtime.dispose());

const positions = () => createAssetBalanceDao(runtime.store);

describe('the positions of a user', () => {
  it.each([
    ['alice', 'BTC', POSITIONS[0]],
    ['alice', 'ADA', undefined],
    ['zoe', 'BTC', undefined],
  ])('of %s in %s are read alone', async (username, assetId, expected) => {
    expect(await positions().getAssetBalance(aUsername(username), anAssetId(assetId))).toEqual(expected);
  });

  it.each([
    ['alice', POSITIONS.slice(0, 2)],
    ['alice2', POSITIONS.slice(2, 4)],
    ['zoe', []],
  ])('of %s are listed by asset, also when they are empty', async (username, expected) => {
    expect(await positions().getAllAssetBalances(aUsername(username))).toEqual(expected);
  });
});

describe('the positions in an asset', () => {
  it.each([
    ['BTC', ['alice', 'alice2', 'bob']],
    ['ETH', ['alice']],
    ['XRP', []],
  ])('%s are listed by user', async (assetId, expected) => {
    const { items } = await positions().getAllBalancesForAsset(anAssetId(assetId), PAGE);
    expect(items.map(({ username }) => username)).toEqual(expected);
    expect(items.every(({ asset_id }) => asset_id === assetId)).toBe(true);
  });

  it('are listed in pages without loss or repeat', async () => {
    const first = await positions().getAllBalancesForAsset(anAssetId('BTC'), { ...PAGE, limit: 2 });
    const rest = await positions().getAllBalancesForAsset(anAssetId('BTC'), {
      ...PAGE,
      limit: 2,
      after: first.next,
    });
    expect([...first.items, ...rest.items]).toEqual([POSITIONS[0], POSITIONS[3], POSITIONS[4]]);
  });
});
