import { AlreadyExistsError, NotFoundError } from '@cnop/exception/errors';
import type { AssetId } from '../../core/brands.ts';
import { StoreBusyError } from '../../database/store-errors.ts';
import type { AttributeValue, Item, ItemKey, TableStore, Write } from '../../database/table-store.ts';
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
import type { PriceSheet } from './price-sheet-dao.ts';
import {
  priceSheetRecord,
  readPriceSheets,
  shareSheetReads,
  withPricesOf,
  withSheetPrice,
} from './price-sheet-dao.ts';

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

/**
 * The record of assets; reads items of earlier versions, too. Of an asset with a price sheet, its own price is only the
 * last one that staff set: it is stored as suspended, so that instances of earlier versions do not trade at it.
 */
export const assetRecord: EntityRecord<Asset, Pick<Asset, 'asset_id'>> = {
  ...storedRecord,
  create: (asset) => storedRecord.create(withOwnPriceMarked(asset)),
  replace: (asset) => storedRecord.replace(withOwnPriceMarked(asset)),
  read: (item) => storedRecord.read(withCurrentFields(item)),
  parse: (item) => storedRecord.parse(withCurrentFields(item)),
  readIfPresent: (item) => item && storedRecord.read(withCurrentFields(item)),
};

function withOwnPriceMarked(asset: Asset): Asset {
  return asset.price_sheet === null ? asset : { ...asset, price_suspended: true };
}

/** The items that decide about the price of an asset. */
interface PricedItems {
  readonly asset: Item | undefined;
  readonly sheet: Item | undefined;
}

/** Returns the keys of an asset and of its price sheet, for transactions that read or set its price. */
export async function pricedReads(store: TableStore, asset_id: AssetId) {
  const asset = assetRecord.key({ asset_id });
  const stored = assetRecord.readIfPresent(await store.get(asset));
  return { asset, sheet: priceSheetRecord.key({ sheet: stored?.price_sheet ?? FIRST_SHEET }) };
}

/**
 * Returns an asset at its current price from the items of `pricedReads`; undefined when it does not exist.
 * @throws StoreBusyError (503) when the asset got its price sheet since; a repetition finds it
 */
export function readPriced(items: PricedItems): Asset | undefined {
  const asset = assetRecord.readIfPresent(items.asset);
  const sheet = priceSheetRecord.readIfPresent(items.sheet);
  const isOther = typeof asset?.price_sheet === 'number' && asset.price_sheet !== sheet?.sheet;
  if (isOther) throw new StoreBusyError(new Error(`${asset.asset_id} has just got a price sheet`));
  return asset && withSheetPrice(asset, sheet);
}

/** Returns the writes of an asset whose price was set: the asset, and its price sheet if it has one. */
export function repricedWrites(asset: Asset, items: Pick<PricedItems, 'sheet'>): Write[] {
  const sheet = asset.price_sheet === null ? undefined : priceSheetRecord.readIfPresent(items.sheet);
  return [
    assetRecord.replace(asset),
    ...(sheet ? [priceSheetRecord.replace(withPricesOf(sheet, [asset]))] : []),
  ];
}

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

/** The sheet that most assets are in. */
const FIRST_SHEET = 0;

export type AssetDao = ReturnType<typeof createAssetDao>;

/**
 * Creates the DAO of the asset catalogue. It returns assets at their current prices.
 * @see docs/adr/0054-current-prices-in-sheets.md
 */
export function createAssetDao(store: TableStore) {
  /** The sheets of assets that are in another one than most: an asset never changes its sheet. */
  const otherSheets = new Map<AssetId, number>();
  const readSheet = shareSheetReads(store);

  const change = async (asset_id: AssetId, rule: (asset: Asset) => Asset): Promise<Asset> =>
    store.transact(await pricedReads(store, asset_id), (items) => {
      const asset = readPriced(items);
      if (!asset) throw new NotFoundError('The asset');
      const changed = rule(asset);
      return { writes: changed === asset ? [] : repricedWrites(changed, items), result: changed };
    });

  /** Returns the assets with some ids, by id, without those that do not exist. */
  const getAssetsByIds = async (asset_ids: readonly AssetId[]): Promise<ReadonlyMap<AssetId, Asset>> => {
    const stored = await readStored(store, asset_ids);
    const numbers = new Set(stored.flatMap(({ price_sheet }) => price_sheet ?? []));
    // Read after the assets: the sheet of an asset exists before the asset names it.
    const items = await readItems(
      store,
      Array.from(numbers, (sheet) => priceSheetRecord.key({ sheet })),
    );
    const sheets = items.flatMap((item) => priceSheetRecord.readIfPresent(item) ?? []);
    return new Map(atPrices(stored, sheets).map((asset) => [asset.asset_id, asset]));
  };

  /** Returns the whole catalogue, by id, with the last prices that staff set. */
  const getCatalogue = async (): Promise<Asset[]> =>
    readAll(
      store,
      { table: 'inventory', index: 'CatalogueIndex', pk: CATALOGUE_PARTITION, order: 'ascending' },
      assetRecord.read,
    );

  /** Returns assets at the prices that are current now. */
  const withCurrentPrices = async (assets: readonly Asset[]): Promise<Asset[]> =>
    atPrices(assets, await readPriceSheets(store));

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
      const number = otherSheets.get(asset_id) ?? FIRST_SHEET;
      const [item, sheet] = await Promise.all([store.get(assetRecord.key({ asset_id })), readSheet(number)]);
      const asset = assetRecord.readIfPresent(item);
      if (!asset) return undefined;
      const { price_sheet } = asset;
      if (price_sheet === null || price_sheet === number) return withSheetPrice(asset, sheet);
      otherSheets.set(asset_id, price_sheet);
      return withSheetPrice(asset, await readSheet(price_sheet));
    },

    getAssetsByIds,

    /**
     * Checks that assets exist.
     * @throws NotFoundError (404) with the first id that does not
     */
    async assertKnown(asset_ids: readonly AssetId[]): Promise<void> {
      const known = new Set((await readStored(store, asset_ids)).map(({ asset_id }) => asset_id));
      const unknown = asset_ids.find((asset_id) => !known.has(asset_id));
      if (unknown !== undefined) throw new NotFoundError(`The asset ${unknown}`);
    },

    getCatalogue,
    withCurrentPrices,

    /** Returns the whole catalogue, by id. */
    getAssets: async (): Promise<Asset[]> => withCurrentPrices(await getCatalogue()),

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

/** Reads items in batches; undefined for each that does not exist. */
async function readItems(store: TableStore, keys: readonly ItemKey[]): Promise<(Item | undefined)[]> {
  const items: (Item | undefined)[] = [];
  for (let start = 0; start < keys.length; start += MAX_BATCH_GET_ITEMS) {
    items.push(...(await store.batchGet(keys.slice(start, start + MAX_BATCH_GET_ITEMS))));
  }
  return items;
}

/** Reads the assets with some ids, with their own prices, without those that do not exist. */
async function readStored(store: TableStore, asset_ids: readonly AssetId[]): Promise<Asset[]> {
  const items = await readItems(
    store,
    asset_ids.map((asset_id) => assetRecord.key({ asset_id })),
  );
  return items.flatMap((item) => assetRecord.readIfPresent(item) ?? []);
}

function atPrices(assets: readonly Asset[], sheets: readonly PriceSheet[]): Asset[] {
  // By what the sheets contain: an asset from a cache or an index may not name its sheet yet.
  const sheetsById = new Map(sheets.flatMap((sheet) => Object.keys(sheet.prices).map((id) => [id, sheet])));
  return assets.map((asset) => withSheetPrice(asset, sheetsById.get(asset.asset_id)));
}
