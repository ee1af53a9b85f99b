import type { AssetId, IsoTime } from '../../core/brands.ts';
import { addSeconds, epochSeconds } from '../../core/clock.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS, SEPARATOR } from '../../database/tables.ts';
import type { Candle, CandleInterval } from '../../entities/inventory/candle.ts';
import { candleSchema } from '../../entities/inventory/candle.ts';
import { defineRecord } from '../record.ts';
import { openCandleReader } from './open-candles-dao.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** The retention of candles, in seconds. Candles of a day are kept for ever. */
const RETENTION_SECONDS: Readonly<Partial<Record<CandleInterval, number>>> = {
  '1m': 7 * DAY_SECONDS,
  '5m': 30 * DAY_SECONDS,
  '15m': 90 * DAY_SECONDS,
  '1h': 730 * DAY_SECONDS,
};

export const candleRecord = defineRecord<Candle, Pick<Candle, 'asset_id' | 'interval' | 'open_time'>>({
  table: 'inventory',
  schema: candleSchema,
  key: ({ asset_id, interval, open_time }) => ({ pk: partitionOf(asset_id, interval), sk: open_time }),
  expiresAtEpochSeconds: ({ interval, open_time }) => {
    const retentionSeconds = RETENTION_SECONDS[interval];
    return retentionSeconds && epochSeconds(addSeconds(new Date(open_time), retentionSeconds));
  },
});

function partitionOf(assetId: AssetId, interval: CandleInterval): string {
  return KEYS.inventory.candle.pkPrefix + assetId + SEPARATOR + interval;
}

/** Selects candles by their open time, both ends inclusive. */
export interface CandlePeriod {
  readonly assetId: AssetId;
  readonly interval: CandleInterval;
  readonly from?: IsoTime | undefined;
  readonly to?: IsoTime | undefined;
  readonly limit: number;
  readonly order: 'ascending' | 'descending';
}

export type CandleDao = ReturnType<typeof createCandleDao>;

/** Creates the DAO of candles. */
export function createCandleDao(store: TableStore) {
  const readOpen = openCandleReader(store);

  /** Returns the candles of an asset in a period, without the open one. */
  const getClosedCandles = async (period: CandlePeriod): Promise<Candle[]> => {
    const { assetId, interval, from, to, limit, order } = period;
    const found = await store.query({
      table: 'inventory',
      pk: partitionOf(assetId, interval),
      sk: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
      order,
      limit,
    });
    return found.items.map(candleRecord.read);
  };

  return {
    getClosedCandles,

    /** Returns the candles of an asset in a period, with the open one as it was stored last. */
    async getCandles(period: CandlePeriod): Promise<Candle[]> {
      // Read first: a candle that closes meanwhile is in one of the two, or in both.
      const open = await readOpen(period.assetId, period.interval);
      return withOpenCandle(await getClosedCandles(period), open, period);
    },
  };
}

/** Adds an open candle to the candles of a period, unless it has closed since it was stored. */
export function withOpenCandle(
  candles: readonly Candle[],
  open: Candle | undefined,
  { from = open?.open_time, to = open?.open_time, limit, order }: CandlePeriod,
): Candle[] {
  if (!open || from === undefined || to === undefined || open.open_time < from || open.open_time > to)
    return [...candles];
  const same = candles.find(({ open_time }) => open_time === open.open_time);
  if (same?.final) return [...candles];
  const sign = order === 'ascending' ? 1 : -1;
  return [...candles.filter((candle) => candle !== same), open]
    .toSorted((one, other) => (one.open_time < other.open_time ? -sign : sign))
    .slice(0, limit);
}
