import type { AssetId, IsoTime } from '../../core/brands.ts';
import { addSeconds, epochSeconds } from '../../core/clock.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS, SEPARATOR } from '../../database/tables.ts';
import type { Candle, CandleInterval } from '../../entities/inventory/candle.ts';
import { candleSchema } from '../../entities/inventory/candle.ts';
import { defineRecord } from '../record.ts';

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
  return {
    /** Returns the candles of an asset in a period. */
    async getCandles({ assetId, interval, from, to, limit, order }: CandlePeriod): Promise<Candle[]> {
      const found = await store.query({
        table: 'inventory',
        pk: partitionOf(assetId, interval),
        sk: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
        order,
        limit,
      });
      return found.items.map(candleRecord.read);
    },
  };
}
