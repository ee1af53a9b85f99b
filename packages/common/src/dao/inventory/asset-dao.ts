import { AlreadyExistsError, NotFoundError } from '@cnop/exception/errors';
import type { AttributeValue, Item, ItemKey, TableStore } from '../../database/table-store.ts';
import { MAX_BATCH_GET_ITEMS } from '../../database/table-store.ts';
import { nonNegativeDecimalSchema, positiveDecimalSchema } from '../../entities/fields.ts';
import type { Asset, AssetStatus } from '../../entities/inventory/asset.ts';
import { assetSchema, FORMER_CANCEL_ONLY, supplyOfMarketCap } from '../../entities/inventory/asset.ts';
import { readAll } from '../read-page.ts';
import type { EntityRecord } from '../record.ts';
import { defineRecord } from '../record.ts';

const ASSET_SORT_KEY = 'ASSET';
/** The catalogue is hundreds of assets, read as a whole. */
const CATALOGUE_PARTITION = 'ASSET';

const storedRecord = defineRecord<Asset, Pick<Asset, 'asset_id'>>({
  table: 'inventory',
  schema: assetSchema,
  key: ({ asset_id }) => ({ pk: asset_id, sk: ASSET_SORT_KEY }),
  indexes: ({ asset_id }) => ({ CatalogueIndex: { pk: CATALOGUE_PARTITION, sk: asset_id } }),
});

/** Whether an item was stored by an earlier version, in a form that is read by `withPresentFields`. */
function isFormer({ attributes }: Item): boolean {
  return attributes['status'] === FORMER_CANCEL_ONLY || attributes['circulating_supply'] === undefined;
}

/**
 * Reads an item of an earlier version: it may say `inactive`, which is `cancel_only` now, and has a market cap in place
 * of the circulating supply.
 */
function withPresentFields(item: Item): Item {
  if (!isFormer(item)) return item;
  const { market_cap, ...others } = item.attributes;
  const circulating_supply =
    others['circulating_supply'] ?? formerSupply(market_cap ?? null, others['current_price']);
  const isInactive = others['status'] === FORMER_CANCEL_ONLY;
  const status = isInactive ? { status: 'cancel_only' satisfies AssetStatus } : {};
  return { ...item, attributes: { ...others, ...status, circulating_supply } };
}

/** The supply that makes a stored market cap at the stored price. What is no market cap stays, for an audit to find. */
function formerSupply(marketCap: AttributeValue, price: AttributeValue | undefined): AttributeValue {
  const cap = nonNegativeDecimalSchema.safeParse(marketCap);
  const current = positiveDecimalSchema.safeParse(price);
  return cap.success && current.success ? supplyOfMarketCap(cap.data, current.data) : marketCap;
}

export const assetRecord: EntityRecord<Asset, Pick<Asset, 'asset_id'>> = {
  ...storedRecord,
  read: (item) => storedRecord.read(withPresentFields(item)),
  parse: (item) => storedRecord.parse(withPresentFields(item)),
  readIfPresent: (item) => item && storedRecord.read(withPresentFields(item)),
};

/**
 * Upgrades the assets of an earlier version: `inactive` becomes `cancel_only`, a market cap the circulating supply, and an
 * asset that was delisted without a settlement price gets its last price as one, so that its positions are settled.
 * @returns how many were changed
 */
export async function upgradeAssets(store: TableStore, at: Date): Promise<number> {
  const query = { table: 'inventory', index: 'CatalogueIndex', pk: CATALOGUE_PARTITION } as const;
  const keys = await readAll(store, { ...query, order: 'ascending' }, ({ key }) => key);
  let changed = 0;
  for (const key of keys) {
    changed += await store.transact({ asset: key }, ({ asset: item }) => {
      const asset = assetRecord.readIfPresent(item);
      if (!item || !asset) return { writes: [], result: 0 };
      const upgraded = withSettlementPrice(asset, at);
      const isCurrent = !isFormer(item) && upgraded === asset;
      return isCurrent ? { writes: [], result: 0 } : { writes: [storedRecord.replace(upgraded)], result: 1 };
    });
  }
  return changed;
}

function withSettlementPrice(asset: Asset, at: Date): Asset {
  if (asset.status !== 'delisted' || asset.settlement_price !== null) return asset;
  return { ...asset, settlement_price: asset.current_price, delisted_at: at.toISOString() };
}

/** Whether an asset itself is stored under a key, and not one of its candles. */
export function isAssetKey({ table, sk }: ItemKey): boolean {
  return table === 'inventory' && sk === ASSET_SORT_KEY;
}

export type AssetDao = ReturnType<typeof createAssetDao>;

export function createAssetDao(store: TableStore) {
  const updateAsset = async (asset_id: string, change: (asset: Asset) => Partial<Asset>): Promise<Asset> =>
    store.transact({ asset: assetRecord.key({ asset_id }) }, (items) => {
      const asset = assetRecord.readIfPresent(items.asset);
      if (!asset) throw new NotFoundError('The asset');
      const changed: Asset = { ...asset, ...change(asset), asset_id };
      return { writes: [assetRecord.replace(changed)], result: changed };
    });

  const setStatus = async (asset_id: string, status: AssetStatus, at: Date): Promise<Asset> =>
    updateAsset(asset_id, () => ({ status, updated_at: at.toISOString() }));

  /** The assets of some ids, by id; one that does not exist is left out. */
  const getAssetsByIds = async (asset_ids: readonly string[]): Promise<ReadonlyMap<string, Asset>> => {
    const assets = new Map<string, Asset>();
    for (let start = 0; start < asset_ids.length; start += MAX_BATCH_GET_ITEMS) {
      const batch = asset_ids.slice(start, start + MAX_BATCH_GET_ITEMS);
      const items = await store.batchGet(batch.map((asset_id) => assetRecord.key({ asset_id })));
      for (const item of items) if (item) assets.set(item.key.pk, assetRecord.read(item));
    }
    return assets;
  };

  return {
    /** @throws AlreadyExistsError (409) */
    async createAsset(asset: Asset): Promise<Asset> {
      return store.transact({ existing: assetRecord.key(asset) }, ({ existing }) => {
        if (existing) throw new AlreadyExistsError('An asset with this id exists.', 'asset_id');
        return { writes: [assetRecord.create(asset)], result: asset };
      });
    },

    async getAsset(asset_id: string): Promise<Asset | undefined> {
      return assetRecord.readIfPresent(await store.get(assetRecord.key({ asset_id })));
    },

    getAssetsByIds,

    /** @throws NotFoundError (404) that names the first asset of the list which does not exist */
    async assertKnown(asset_ids: readonly string[]): Promise<void> {
      const known = await getAssetsByIds(asset_ids);
      const unknown = asset_ids.find((asset_id) => !known.has(asset_id));
      if (unknown !== undefined) throw new NotFoundError(`The asset ${unknown}`);
    },

    /** The whole catalogue in the order of its ids. */
    async getAssets(): Promise<Asset[]> {
      return readAll(
        store,
        { table: 'inventory', index: 'CatalogueIndex', pk: CATALOGUE_PARTITION, order: 'ascending' },
        assetRecord.read,
      );
    },

    /** @throws NotFoundError (404); whatever `change` throws, with nothing written */
    updateAsset,

    async activateAsset(asset_id: string, at: Date): Promise<Asset> {
      return setStatus(asset_id, 'active', at);
    },

    async deactivateAsset(asset_id: string, at: Date): Promise<Asset> {
      return setStatus(asset_id, 'cancel_only', at);
    },
  };
}
