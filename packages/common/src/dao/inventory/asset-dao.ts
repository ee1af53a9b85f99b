import { AlreadyExistsError, NotFoundError } from '@cnop/exception/errors';
import type { AssetId } from '../../core/brands.ts';
import type { Clock } from '../../core/clock.ts';
import { createCachedValue } from '../../core/clock.ts';
import type { AttributeValue, Item, ItemKey, TableStore } from '../../database/table-store.ts';
import { MAX_BATCH_GET_ITEMS } from '../../database/table-store.ts';
import { CATALOGUE_PARTITION, KEYS } from '../../database/tables.ts';
import { priceSchema, usdSchema } from '../../entities/fields.ts';
import type { Asset, AssetStatus } from '../../entities/inventory/asset.ts';
import { assetSchema, FORMER_CANCEL_ONLY, supplyOfMarketCap } from '../../entities/inventory/asset.ts';
import type { AssetChange } from '../../entities/inventory/asset-status.ts';
import { applyChange, switchTrading } from '../../entities/inventory/asset-status.ts';
import { readAll } from '../read-page.ts';
import type { EntityRecord } from '../record.ts';
import { defineRecord } from '../record.ts';

const storedRecord = defineRecord<Asset, Pick<Asset, 'asset_id'>>({
  table: 'inventory',
  schema: assetSchema,
  key: ({ asset_id }) => ({ pk: asset_id, sk: KEYS.inventory.asset.sk }),
  indexes: ({ asset_id }) => ({ CatalogueIndex: { pk: CATALOGUE_PARTITION, sk: asset_id } }),
});

/** Returns whether an item has the form of an earlier version, which `withCurrentFields` converts. */
function isFormer({ attributes }: Item): boolean {
  const { status, circulating_supply, settlement_price = null } = attributes;
  const isUnsettled = status === ('delisted' satisfies AssetStatus) && settlement_price === null;
  return status === FORMER_CANCEL_ONLY || circulating_supply === undefined || isUnsettled;
}

/**
 * Converts an item of an earlier version: `inactive` becomes `cancel_only`, a market cap becomes the circulating supply,
 * and an asset delisted without a settlement price has its last price as one, so that its positions are settled.
 */
function withCurrentFields(item: Item): Item {
  if (!isFormer(item)) return item;
  const { market_cap, ...others } = item.attributes;
  const { status, current_price = null, updated_at = null, settlement_price = null } = others;
  const circulating_supply = others['circulating_supply'] ?? formerSupply(market_cap ?? null, current_price);
  const renamed = status === FORMER_CANCEL_ONLY ? { status: 'cancel_only' satisfies AssetStatus } : {};
  const settlement =
    status === 'delisted' && settlement_price === null
      ? { settlement_price: current_price, delisted_at: updated_at }
      : {};
  return { ...item, attributes: { ...others, ...renamed, ...settlement, circulating_supply } };
}

/** Returns the supply for a stored market cap and price. Returns an invalid market cap unchanged, for an audit to find. */
function formerSupply(marketCap: AttributeValue, price: AttributeValue): AttributeValue {
  const cap = usdSchema.safeParse(marketCap);
  const current = priceSchema.safeParse(price);
  return cap.success && current.success ? supplyOfMarketCap(cap.data, current.data) : marketCap;
}

/** The record of assets; reads items of earlier versions, too. */
export const assetRecord: EntityRecord<Asset, Pick<Asset, 'asset_id'>> = {
  ...storedRecord,
  read: (item) => storedRecord.read(withCurrentFields(item)),
  parse: (item) => storedRecord.parse(withCurrentFields(item)),
  readIfPresent: (item) => item && storedRecord.read(withCurrentFields(item)),
};

/**
 * Stores an asset of an earlier version in the form of this one.
 * @returns whether the asset was changed
 */
export async function upgradeAsset(store: TableStore, key: ItemKey): Promise<boolean> {
  return store.transact({ asset: key }, ({ asset: item }) =>
    item && isFormer(item)
      ? { writes: [assetRecord.replace(assetRecord.read(item))], result: true }
      : { writes: [], result: false },
  );
}

/** Returns whether a key is that of an asset, and not of a candle or another item of the table. */
export function isAssetKey({ table, sk }: ItemKey): boolean {
  return table === 'inventory' && sk === KEYS.inventory.asset.sk;
}

export type AssetDao = ReturnType<typeof createAssetDao>;

/** Creates the DAO of the asset catalogue. */
export function createAssetDao(store: TableStore) {
  const change = async (asset_id: AssetId, rule: (asset: Asset) => Asset): Promise<Asset> =>
    store.transact({ asset: assetRecord.key({ asset_id }) }, (items) => {
      const asset = assetRecord.readIfPresent(items.asset);
      if (!asset) throw new NotFoundError('The asset');
      const changed = rule(asset);
      return { writes: changed === asset ? [] : [assetRecord.replace(changed)], result: changed };
    });

  /** Returns the assets with some ids, by id, without those that do not exist. */
  const getAssetsByIds = async (asset_ids: readonly AssetId[]): Promise<ReadonlyMap<AssetId, Asset>> => {
    const assets = new Map<AssetId, Asset>();
    for (let start = 0; start < asset_ids.length; start += MAX_BATCH_GET_ITEMS) {
      const batch = asset_ids.slice(start, start + MAX_BATCH_GET_ITEMS);
      const items = await store.batchGet(batch.map((asset_id) => assetRecord.key({ asset_id })));
      for (const item of items) {
        const asset = assetRecord.readIfPresent(item);
        if (asset) assets.set(asset.asset_id, asset);
      }
    }
    return assets;
  };

  return {
    /**
     * Stores a new asset.
     * @throws AlreadyExistsError (409) when the id is taken
     */
    async createAsset(asset: Asset): Promise<Asset> {
      return store.transact({ existing: assetRecord.key(asset) }, ({ existing }) => {
        if (existing) throw new AlreadyExistsError('An asset with this id exists.', 'asset_id');
        return { writes: [assetRecord.create(asset)], result: asset };
      });
    },

    /** Returns an asset; undefined when it does not exist. */
    async getAsset(asset_id: AssetId): Promise<Asset | undefined> {
      return assetRecord.readIfPresent(await store.get(assetRecord.key({ asset_id })));
    },

    getAssetsByIds,

    /**
     * Checks that assets exist.
     * @throws NotFoundError (404) with the first id that does not
     */
    async assertKnown(asset_ids: readonly AssetId[]): Promise<void> {
      const known = await getAssetsByIds(asset_ids);
      const unknown = asset_ids.find((asset_id) => !known.has(asset_id));
      if (unknown !== undefined) throw new NotFoundError(`The asset ${unknown}`);
    },

    /** Returns the whole catalogue, by id. */
    async getAssets(): Promise<Asset[]> {
      return readAll(
        store,
        { table: 'inventory', index: 'CatalogueIndex', pk: CATALOGUE_PARTITION, order: 'ascending' },
        assetRecord.read,
      );
    },

    /**
     * Changes fields of an asset. `PUT /inventory/assets/{asset_id}` has an audit event and can delist; to be used by
     * `PUT /inventory/assets`, which changes many assets at once.
     * @throws NotFoundError (404); StateConflictError (409) when the change would list or delist the asset; an error of
     *   `edit`, with nothing written
     */
    async updateAsset(asset_id: AssetId, edit: (asset: Asset) => AssetChange): Promise<Asset> {
      return change(asset_id, (asset) => assetSchema.parse(applyChange(asset, edit(asset))));
    },

    /**
     * Opens an asset for trading; idempotent. `POST /inventory/assets/{asset_id}/activate` has an audit event; to be
     * used by `POST /inventory/assets/activate`, which opens many assets at once.
     * @throws NotFoundError (404); DelistedError (409)
     */
    async activateAsset(asset_id: AssetId, at: Date): Promise<Asset> {
      return change(asset_id, (asset) => switchTrading(asset, 'active', at));
    },

    /**
     * Closes an asset for trading; idempotent. `POST /inventory/assets/{asset_id}/deactivate` has an audit event; to be
     * used by `POST /inventory/assets/deactivate`, which closes many assets at once.
     * @throws NotFoundError (404); DelistedError (409)
     */
    async deactivateAsset(asset_id: AssetId, at: Date): Promise<Asset> {
      return change(asset_id, (asset) => switchTrading(asset, 'cancel_only', at));
    },
  };
}

const MAX_CACHE_AGE_MILLISECONDS = 1_000;

/** The catalogue, at most a second old: a price move may read one asset ten thousand times. */
export interface CachedAssets {
  getAsset(assetId: AssetId): Promise<Asset | undefined>;
  getAssets(): Promise<readonly Asset[]>;
  /** Invalidates the cache: the next read goes to the store. */
  invalidate(): void;
}

/** Creates the cache of the catalogue. */
export function createCachedAssets({
  read,
  clock,
}: {
  readonly read: () => Promise<readonly Asset[]>;
  readonly clock: Clock;
}): CachedAssets {
  const byId = createCachedValue({
    read: async () => new Map((await read()).map((asset) => [asset.asset_id, asset])),
    maxAgeMilliseconds: MAX_CACHE_AGE_MILLISECONDS,
    clock,
  });
  return {
    getAsset: async (assetId) => (await byId.get()).get(assetId),
    getAssets: async () => [...(await byId.get()).values()],
    invalidate: byId.invalidate,
  };
}
