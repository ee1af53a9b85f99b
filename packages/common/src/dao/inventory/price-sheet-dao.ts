import { z } from 'zod';
import { isoTime } from '../../core/brands.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import { priceSchema, signedDecimalSchema } from '../../entities/fields.ts';
import type { Asset } from '../../entities/inventory/asset.ts';
import { storedSeqOf } from '../../entities/inventory/quote.ts';
import { readAll } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** A sheet is written at each tick, so it is small; an asset stays in its sheet. One transaction can fill a sheet. */
export const MAX_ASSETS_PER_PRICE_SHEET = 90;

/** A current price as a list, since names of fields would be most of its size. */
const sheetPriceSchema = z.tuple([
  /** The mid, in USD per unit. */
  priceSchema,
  /** The time of the quote, in milliseconds since the epoch. */
  z.int().min(0),
  /** `seq` of the quote. */
  z.int().min(0),
  /** The change over 24 hours, in USD. */
  signedDecimalSchema.nullable(),
  /** The same in percent. */
  signedDecimalSchema.nullable(),
  /** Whether a jump of the price is unconfirmed. */
  z.boolean(),
]);

/** The current prices of up to `MAX_ASSETS_PER_PRICE_SHEET` assets, which one process writes. */
export const priceSheetSchema = z.object({
  sheet: z.int().min(0),
  /** The process that makes the prices, as in the lease: another one must take the sheet over before it writes. */
  holder: z.string().min(1),
  /** By asset id. */
  prices: z.record(z.string(), sheetPriceSchema),
});
export type PriceSheet = z.infer<typeof priceSheetSchema>;

export const priceSheetRecord = defineRecord<PriceSheet, Pick<PriceSheet, 'sheet'>>({
  table: 'inventory',
  schema: priceSheetSchema,
  key: ({ sheet }) => ({ pk: KEYS.inventory.priceSheet.pk, sk: String(sheet) }),
});

/** Reads all price sheets. */
export async function readPriceSheets(store: TableStore): Promise<PriceSheet[]> {
  return readAll(
    store,
    { table: 'inventory', pk: KEYS.inventory.priceSheet.pk, order: 'ascending' },
    priceSheetRecord.read,
  );
}

/** Reads a sheet as it is after the call; undefined when it does not exist. */
export type ReadSheet = (sheet: number) => Promise<PriceSheet | undefined>;

/**
 * Creates a reader of single sheets. Callers that come during a read share the next one: every order reads the same item,
 * and a partition of DynamoDB has a limit.
 */
export function shareSheetReads(store: Pick<TableStore, 'get'>): ReadSheet {
  const running = new Map<number, Promise<PriceSheet | undefined>>();
  const waiting = new Map<number, Promise<PriceSheet | undefined>>();

  const begin: ReadSheet = (sheet) => {
    const end = () => running.delete(sheet);
    const reading = store.get(priceSheetRecord.key({ sheet })).then(priceSheetRecord.readIfPresent);
    running.set(sheet, reading);
    reading.then(end, end);
    return reading;
  };

  const beginNext: ReadSheet = (sheet) => {
    waiting.delete(sheet);
    return begin(sheet);
  };

  return (sheet) => {
    const present = running.get(sheet);
    if (!present) return begin(sheet);
    const next =
      waiting.get(sheet) ??
      present.then(
        () => beginNext(sheet),
        () => beginNext(sheet),
      );
    waiting.set(sheet, next);
    return next;
  };
}

/**
 * Returns an asset at its current price: that of its sheet, unless the asset has a newer one, which an instance of an
 * earlier version wrote.
 */
export function withSheetPrice(asset: Asset, sheet: PriceSheet | undefined): Asset {
  const price = sheet?.prices[asset.asset_id];
  if (!price) return asset;
  const [current_price, atMilliseconds, quote_seq, price_change_24h, percentage, price_suspended] = price;
  if (quote_seq < storedSeqOf(asset)) return asset;
  return {
    ...asset,
    current_price,
    last_price_update: isoTime(new Date(atMilliseconds)),
    quote_seq,
    price_change_24h,
    price_change_percentage_24h: percentage,
    price_suspended,
  };
}

/** Returns a sheet with the prices of some assets. */
export function withPricesOf(sheet: PriceSheet, assets: readonly Asset[]): PriceSheet {
  const changed = assets.map((asset) => [asset.asset_id, toSheetPrice(asset)] as const);
  return { ...sheet, prices: { ...sheet.prices, ...Object.fromEntries(changed) } };
}

function toSheetPrice(asset: Asset): PriceSheet['prices'][string] {
  return [
    asset.current_price,
    Date.parse(asset.last_price_update),
    storedSeqOf(asset),
    asset.price_change_24h,
    asset.price_change_percentage_24h,
    asset.price_suspended,
  ];
}
