import { createAssetDao, upgradeAssets } from '@cnop/common/dao/inventory/asset-dao';
import type { Attributes, ItemKey } from '@cnop/common/database/table-store';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const AT = new Date('2026-03-01T09:00:00.000Z');
const KEY: ItemKey = { table: 'inventory', pk: 'BTC', sk: 'ASSET' };

let runtime: TestRuntime;
beforeEach(async () => {
  runtime = await createTestRuntime({ clock: { now: () => AT } });
});
afterEach(() => runtime.dispose());

/** Stores an asset with a market cap, as earlier versions did. */
async function storeFormer(fields: Attributes): Promise<void> {
  const { circulating_supply: _supply, ...asset } = anAsset({ asset_id: 'BTC', current_price: '50000' });
  const attributes = { ...asset, market_cap: null, ...fields };
  const indexes = { CatalogueIndex: { pk: 'ASSET', sk: 'BTC' } };
  await runtime.store.transact({}, () => ({
    writes: [{ kind: 'create', key: KEY, attributes, indexes }],
    result: undefined,
  }));
}

const storedAttributes = async () => (await runtime.store.get(KEY))?.attributes;

describe('an asset that an earlier version stored with a market cap', () => {
  it('has the supply for the market cap at its price before the upgrade', async () => {
    await storeFormer({ market_cap: '2092000000000' });
    const dao = createAssetDao(runtime.store);
    const expected = anAsset({ asset_id: 'BTC', current_price: '50000', circulating_supply: '41840000' });
    expect(await dao.getAsset('BTC')).toEqual(expected);
    expect(await dao.getAssets()).toEqual([expected]);
  });

  it('keeps that supply when its price changes before the upgrade', async () => {
    await storeFormer({ market_cap: '2092000000000' });
    await createAssetDao(runtime.store).updateAsset('BTC', () => ({ current_price: '25000' }));
    expect(await storedAttributes()).toMatchObject({
      current_price: '25000',
      circulating_supply: '41840000',
    });
  });

  it('is rewritten once by the upgrade', async () => {
    await storeFormer({ market_cap: '2092000000000', status: 'inactive' });
    expect(await upgradeAssets(runtime.store, AT)).toBe(1);
    expect(await storedAttributes()).toEqual(
      anAsset({
        asset_id: 'BTC',
        current_price: '50000',
        circulating_supply: '41840000',
        status: 'cancel_only',
      }),
    );
    expect(await upgradeAssets(runtime.store, AT)).toBe(0);
  });

  it.each([
    ['no market cap', { market_cap: null }, null],
    ['a market cap of 0', { market_cap: '0' }, '0'],
    [
      'a market cap that is large at a small price',
      { market_cap: '999999999999999', current_price: '0.000000000000000001' },
      `${'9'.repeat(15)}${'0'.repeat(18)}`,
    ],
  ])('with %s can be stored again', async (_what, fields, supply) => {
    await storeFormer(fields);
    expect(await upgradeAssets(runtime.store, AT)).toBe(1);
    expect(await storedAttributes()).toMatchObject({ circulating_supply: supply });
    expect(await upgradeAssets(runtime.store, AT)).toBe(0);
  });
});
