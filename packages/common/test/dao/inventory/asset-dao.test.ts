import { knownPrice } from '@cnop/common/core/brands';
import { assetRecord, createAssetDao, upgradeAsset } from '@cnop/common/dao/inventory/asset-dao';
import type { Attributes, ItemKey } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { DelistedError } from '@cnop/common/entities/inventory/asset-status';
import { AlreadyExistsError, NotFoundError, StateConflictError } from '@cnop/exception/errors';
import { anAssetId, aPrice } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const BTC = anAssetId('BTC');

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
    expect(await dao.getAsset(BTC)).toEqual(expected);
    expect(await dao.getAssets()).toEqual([expected]);
  });

  it('keeps that supply when its price changes before the upgrade', async () => {
    await storeFormer({ market_cap: '2092000000000' });
    await createAssetDao(runtime.store).updateAsset(BTC, () => ({ current_price: aPrice('25000') }));
    expect(await storedAttributes()).toMatchObject({
      current_price: '25000',
      circulating_supply: '41840000',
    });
  });

  it('has its last price as the settlement price once it was delisted', async () => {
    await storeFormer({ market_cap: '2092000000000', status: 'delisted' });
    const asset = await createAssetDao(runtime.store).getAsset(BTC);
    expect(asset).toMatchObject({
      settlement_price: '50000',
      delisted_at: asset?.updated_at,
      settled_at: null,
    });
    expect(await upgradeAsset(runtime.store, KEY)).toBe(true);
    expect(await storedAttributes()).toEqual(asset);
    expect(await upgradeAsset(runtime.store, KEY)).toBe(false);
  });

  it('is rewritten once by the upgrade', async () => {
    await storeFormer({ market_cap: '2092000000000', status: 'inactive' });
    expect(await upgradeAsset(runtime.store, KEY)).toBe(true);
    expect(await storedAttributes()).toEqual(
      anAsset({
        asset_id: 'BTC',
        current_price: '50000',
        circulating_supply: '41840000',
        status: 'cancel_only',
      }),
    );
    expect(await upgradeAsset(runtime.store, KEY)).toBe(false);
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
    expect(await upgradeAsset(runtime.store, KEY)).toBe(true);
    expect(await storedAttributes()).toMatchObject({ circulating_supply: supply });
    expect(await upgradeAsset(runtime.store, KEY)).toBe(false);
  });
});

const catalogue = () => createAssetDao(runtime.store);

/** Stores an asset of any status, as a delisting by staff does. */
async function storeAsset(overrides: Partial<Asset>): Promise<Asset> {
  const asset = anAsset(overrides);
  await runtime.store.transact({}, () => ({ writes: [assetRecord.create(asset)], result: undefined }));
  return asset;
}

describe('the catalogue', () => {
  it('returns its assets by id, alone, in part or all', async () => {
    const eth = await catalogue().createAsset(anAsset({ asset_id: 'ETH' }));
    const btc = await catalogue().createAsset(anAsset({ asset_id: 'BTC' }));
    expect(await catalogue().getAsset(anAssetId('ETH'))).toEqual(eth);
    expect(await catalogue().getAsset(anAssetId('XRP'))).toBeUndefined();
    expect(await catalogue().getAssets()).toEqual([btc, eth]);
    expect(await catalogue().getAssetsByIds([anAssetId('ETH'), anAssetId('XRP')])).toEqual(
      new Map([['ETH', eth]]),
    );
  });

  it('has an id once', async () => {
    const btc = await catalogue().createAsset(anAsset({ asset_id: 'BTC' }));
    const again = catalogue().createAsset(anAsset({ asset_id: 'BTC', name: 'Other' }));
    await expect(again).rejects.toThrow(AlreadyExistsError);
    expect(await catalogue().getAssets()).toEqual([btc]);
  });

  it('names the first unknown id', async () => {
    await catalogue().createAsset(anAsset({ asset_id: 'BTC' }));
    await expect(catalogue().assertKnown([BTC])).resolves.toBeUndefined();
    await expect(catalogue().assertKnown([BTC, anAssetId('XRP'), anAssetId('ADA')])).rejects.toThrow(/XRP/);
  });
});

describe('a change of an asset', () => {
  it('sets the given fields and no others', async () => {
    const before = await storeAsset({ asset_id: BTC });
    const changed = await catalogue().updateAsset(BTC, ({ fee_bps }) => ({
      fee_bps: fee_bps + 5,
    }));
    expect(changed).toEqual({ ...before, fee_bps: before.fee_bps + 5 });
    expect(await catalogue().getAsset(BTC)).toEqual(changed);
  });

  it.each([
    ['a price of zero', 'active', { current_price: knownPrice('0') }, /current_price/],
    ['a delisting without a settlement price', 'active', { status: 'delisted' }, StateConflictError],
    ['a new listing', 'delisted', { status: 'active' }, DelistedError],
  ] as const)('refuses %s and writes nothing', async (_what, status, change, error) => {
    const before = await storeAsset({ asset_id: BTC, status, settlement_price: aPrice('7') });
    await expect(catalogue().updateAsset(BTC, () => change)).rejects.toThrow(error);
    expect(await catalogue().getAsset(BTC)).toEqual(before);
  });

  it('writes nothing when it throws', async () => {
    const before = await storeAsset({ asset_id: BTC });
    const failing = catalogue().updateAsset(BTC, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await catalogue().getAsset(BTC)).toEqual(before);
  });
});

describe.each([
  ['activateAsset', 'active', 'suspended'],
  ['deactivateAsset', 'cancel_only', 'active'],
] as const)('%s', (method, status, other) => {
  it(`sets the status ${status} and its time`, async () => {
    const before = await storeAsset({ asset_id: BTC, status: other });
    const changed = await catalogue()[method](BTC, AT);
    expect(changed).toEqual({ ...before, status, updated_at: AT.toISOString() });
    expect(await catalogue().getAsset(BTC)).toEqual(changed);
  });

  it('changes nothing the second time', async () => {
    const before = await storeAsset({ asset_id: BTC, status });
    expect(await catalogue()[method](BTC, AT)).toEqual(before);
    expect(await catalogue().getAsset(BTC)).toEqual(before);
  });

  it('refuses a delisted asset, whose positions were settled', async () => {
    const before = await storeAsset({
      asset_id: BTC,
      status: 'delisted',
      settlement_price: aPrice('7'),
    });
    await expect(catalogue()[method](BTC, AT)).rejects.toThrow(DelistedError);
    expect(await catalogue().getAsset(BTC)).toEqual(before);
  });

  it('refuses an unknown asset', async () => {
    await expect(catalogue()[method](BTC, AT)).rejects.toThrow(NotFoundError);
    expect(await catalogue().getAssets()).toEqual([]);
  });
});
