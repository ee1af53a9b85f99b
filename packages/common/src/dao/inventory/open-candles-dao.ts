import { z } from 'zod';
import type { AssetId } from '../../core/brands.ts';
import { isoTime } from '../../core/brands.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import { nonNegativeQuantitySchema, priceSchema } from '../../entities/fields.ts';
import type { Candle, CandleInterval } from '../../entities/inventory/candle.ts';
import { candleIntervalSchema } from '../../entities/inventory/candle.ts';
import { quoteSourceSchema } from '../../entities/inventory/quote.ts';
import { readAll } from '../read-page.ts';
import { defineRecord } from '../record.ts';

const quoteSchema = z.tuple([z.int().min(0), priceSchema]);

/** An open candle as a list. A price that is null equals that of the candle before it: longer candles share extremes. */
const openCandleSchema = z.tuple([
  candleIntervalSchema,
  /** The open time, in milliseconds since the epoch. */
  z.int().min(0),
  /** The first, highest, lowest and last price. */
  priceSchema.nullable(),
  priceSchema.nullable(),
  priceSchema.nullable(),
  priceSchema.nullable(),
  /** The volume. */
  nonNegativeQuantitySchema,
  quoteSourceSchema,
  /** `seq` and bid of the quotes of the lowest, highest and last price. */
  z.tuple([quoteSchema, quoteSchema, quoteSchema]).nullable(),
]);
type OpenCandle = z.infer<typeof openCandleSchema>;

/** The open candles of the assets of one price sheet, which one process writes. */
const openCandlesSchema = z.object({
  sheet: z.int().min(0),
  /** The process that records the candles, as in the price sheet. */
  holder: z.string().min(1),
  /** By asset id, at most one of each interval. */
  candles: z.record(z.string(), z.array(openCandleSchema)),
});
export type OpenCandles = z.infer<typeof openCandlesSchema>;

export const openCandlesRecord = defineRecord<OpenCandles, Pick<OpenCandles, 'sheet'>>({
  table: 'inventory',
  schema: openCandlesSchema,
  key: ({ sheet }) => ({ pk: KEYS.inventory.openCandles.pk, sk: String(sheet) }),
});

/** Reads all open candles, as they were stored last. */
export async function readOpenCandles(store: TableStore): Promise<OpenCandles[]> {
  return readAll(
    store,
    { table: 'inventory', pk: KEYS.inventory.openCandles.pk, order: 'ascending' },
    openCandlesRecord.read,
  );
}

/** Returns the open candles of an asset. */
export function openCandlesOf({ candles }: OpenCandles, asset_id: AssetId): Candle[] {
  const found: Candle[] = [];
  for (const [interval, openMilliseconds, open, high, low, close, volume, source, quotes] of candles[
    asset_id
  ] ?? []) {
    const before = found.at(-1);
    const prices = {
      open: open ?? before?.open,
      high: high ?? before?.high,
      low: low ?? before?.low,
      close: close ?? before?.close,
    };
    if (!prices.open || !prices.high || !prices.low || !prices.close) continue;
    found.push({
      asset_id,
      interval,
      open_time: isoTime(new Date(openMilliseconds)),
      open: prices.open,
      high: prices.high,
      low: prices.low,
      close: prices.close,
      volume,
      final: false,
      source,
      quotes: quotes && {
        low: toQuote(quotes[0]),
        high: toQuote(quotes[1]),
        close: toQuote(quotes[2]),
      },
    });
  }
  return found;
}

/** Returns the item with the open candles of some assets in place of theirs. */
export function withOpenCandlesOf(
  item: OpenCandles,
  changed: ReadonlyMap<AssetId, readonly Candle[]>,
): OpenCandles {
  const lists = Array.from(changed, ([assetId, candles]) => [assetId, candles.map(toOpenCandle)] as const);
  return { ...item, candles: { ...item.candles, ...Object.fromEntries(lists) } };
}

function toOpenCandle(candle: Candle, i: number, candles: readonly Candle[]): OpenCandle {
  const before = candles[i - 1];
  const { interval, open_time, open, high, low, close, volume, source, quotes } = candle;
  return [
    interval,
    Date.parse(open_time),
    open === before?.open ? null : open,
    high === before?.high ? null : high,
    low === before?.low ? null : low,
    close === before?.close ? null : close,
    volume,
    source,
    quotes && [
      [quotes.low.seq, quotes.low.bid],
      [quotes.high.seq, quotes.high.bid],
      [quotes.close.seq, quotes.close.bid],
    ],
  ];
}

function toQuote([seq, bid]: z.infer<typeof quoteSchema>) {
  return { seq, bid };
}

/** Reads the open candle of an asset and interval; undefined when none is stored. */
export type ReadOpenCandle = (assetId: AssetId, interval: CandleInterval) => Promise<Candle | undefined>;

/** Creates a reader of single open candles. It remembers the item of each asset, which never changes. */
export function openCandleReader(store: TableStore): ReadOpenCandle {
  const sheets = new Map<string, number>();
  return async (assetId, interval) => {
    const sheet = sheets.get(assetId);
    if (sheet === undefined) {
      const all = await readOpenCandles(store);
      for (const item of all) for (const id of Object.keys(item.candles)) sheets.set(id, item.sheet);
      return all
        .flatMap((item) => openCandlesOf(item, assetId))
        .find((candle) => candle.interval === interval);
    }
    const item = openCandlesRecord.readIfPresent(await store.get(openCandlesRecord.key({ sheet })));
    return item && openCandlesOf(item, assetId).find((candle) => candle.interval === interval);
  };
}
