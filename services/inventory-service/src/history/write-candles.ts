import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { MAX_TRANSACTION_ITEMS } from '@cnop/common/database/table-store';
import type { Candle } from '@cnop/common/entities/inventory/candle';

/** Writes candles over whatever is there, in commits that are small enough for orders to get in between. */
export async function writeCandles(store: TableStore, candles: readonly Candle[]): Promise<void> {
  for (let i = 0; i < candles.length; i += MAX_TRANSACTION_ITEMS) {
    const some = candles.slice(i, i + MAX_TRANSACTION_ITEMS);
    const reads = Object.fromEntries(some.map((candle, at) => [`candle${at}`, candleRecord.key(candle)]));
    await store.transact(reads, () => ({ writes: some.map(candleRecord.replace), result: undefined }));
  }
}
