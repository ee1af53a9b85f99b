import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { decimal, formatDecimal } from '@cnop/common/core/money';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { assetSchema } from '@cnop/common/entities/inventory/asset';
import { z } from 'zod';
import catalogue from './catalogue.json' with { type: 'json' };
import currencies from './currencies.json' with { type: 'json' };

const SET_BY_THE_PLATFORM = {
  settlement_price: true,
  delisted_at: true,
  settled_at: true,
  created_at: true,
  updated_at: true,
  last_price_update: true,
  quote_seq: true,
  price_suspended: true,
  price_sheet: true,
} as const;

/** One entry of the catalogue file: every member of an asset except those the platform sets. */
const catalogueEntrySchema = z
  .strictObject(assetSchema.omit(SET_BY_THE_PLATFORM).shape)
  .refine(({ current_price: price, price_scale }) => decimal(price).fits(price_scale), {
    path: ['current_price'],
    error: 'The price has more fraction digits than price_scale.',
  })
  .refine(({ current_price: price }) => formatDecimal(decimal(price)) === price, {
    path: ['current_price'],
    error: 'Write the price in its shortest form.',
  });
type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

const catalogueSchema = z
  .array(catalogueEntrySchema)
  .refine((entries) => new Set(entries.map(({ asset_id }) => asset_id)).size === entries.length, {
    error: 'An asset_id occurs twice.',
  });

/**
 * Creates the assets and currencies of the catalogue files that the store does not have. Stored assets stay as they are, so it may run at
 * every start and on several instances at once.
 * @returns the number of assets created
 * @throws ZodError when a file is not valid, before anything is written
 */
export async function loadCatalogue(
  store: TableStore,
  clock: Clock,
  entries: unknown = [...catalogue, ...currencies],
): Promise<number> {
  const now = isoTime(clock.now());
  const created = await Promise.all(
    catalogueSchema.parse(entries).map(async (entry) => createIfMissing(store, newAsset(entry, now))),
  );
  return created.filter(Boolean).length;
}

async function createIfMissing(store: TableStore, asset: Asset): Promise<boolean> {
  return store.transact({ existing: assetRecord.key(asset) }, ({ existing }) =>
    existing ? { writes: [], result: false } : { writes: [assetRecord.create(asset)], result: true },
  );
}

function newAsset(entry: CatalogueEntry, now: IsoTime): Asset {
  return {
    ...entry,
    settlement_price: null,
    delisted_at: null,
    settled_at: null,
    created_at: now,
    updated_at: now,
    last_price_update: now,
    quote_seq: null,
    price_suspended: false,
    price_sheet: null,
  };
}
