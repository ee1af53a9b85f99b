import { z } from 'zod';
import { decimal } from '../../core/money.ts';
import { sortableSeq } from '../../database/keys.ts';
import type { ItemKey, TableStore, Write } from '../../database/table-store.ts';
import { assetIdSchema, positiveDecimalSchema, timestampSchema } from '../../entities/fields.ts';
import { readAll } from '../read-page.ts';
import { defineRecord } from '../record.ts';

const PEAK_PREFIX = 'PEAKS#';
/** Items of one transaction; the port allows a few more. */
const MAX_CHANGES = 90;

const pricePeakSchema = z.object({
  asset_id: assetIdSchema,
  /** Of the quote; trailing stops that were accepted at an earlier one have seen this bid. */
  seq: z.int().min(0),
  bid: positiveDecimalSchema,
  at: timestampSchema,
});

/** A bid that was the highest since some waiting trailing stops were accepted. */
export type PricePeak = z.infer<typeof pricePeakSchema>;

/** @public read by the audit of the store */
export const pricePeakRecord = defineRecord<PricePeak, Pick<PricePeak, 'asset_id' | 'seq'>>({
  table: 'orders',
  schema: pricePeakSchema,
  key: ({ asset_id, seq }) => ({ pk: PEAK_PREFIX + asset_id, sk: sortableSeq(seq) }),
});

export type PricePeakDao = ReturnType<typeof createPricePeakDao>;

/**
 * What cannot be told from candles: which bid came after which acceptance. A trailing stop follows the highest of the
 * peaks whose `seq` is greater than that of its acceptance, so writing one twice, or one too many, changes nothing.
 */
export function createPricePeakDao(store: TableStore) {
  const change = async (added: readonly PricePeak[], removed: readonly PricePeak[]): Promise<void> => {
    const reads: Record<string, ItemKey> = {};
    for (const peak of [...added, ...removed]) reads[peak.seq] = pricePeakRecord.key(peak);
    await store.transact(reads, (items) => {
      const storedOf = ({ seq }: PricePeak) => pricePeakRecord.readIfPresent(items[seq]);
      const isHigher = (peak: PricePeak): boolean => decimal(peak.bid).gt(storedOf(peak)?.bid ?? '0');
      const writes: Write[] = [
        ...added.filter(isHigher).map(pricePeakRecord.replace),
        ...removed
          .filter(storedOf)
          .map((peak) => ({ kind: 'delete' as const, key: pricePeakRecord.key(peak) })),
      ];
      return { writes, result: undefined };
    });
  };

  return {
    /** In the order of `seq`. */
    async getPeaks(asset_id: string): Promise<PricePeak[]> {
      const query = { table: 'orders', pk: PEAK_PREFIX + asset_id, order: 'ascending' } as const;
      return readAll(store, query, pricePeakRecord.read);
    },

    /** Stores peaks, then deletes others, which those make needless; any number of either, of different `seq`. */
    async replacePeaks(added: readonly PricePeak[], removed: readonly PricePeak[]): Promise<void> {
      // Usually this is one of each and one transaction. Where it is not, what is needed comes first.
      const first = added.slice(0, MAX_CHANGES);
      const room = MAX_CHANGES - first.length;
      await change(first, removed.slice(0, room));
      for (let start = first.length; start < added.length; start += MAX_CHANGES) {
        await change(added.slice(start, start + MAX_CHANGES), []);
      }
      for (let start = room; start < removed.length; start += MAX_CHANGES) {
        await change([], removed.slice(start, start + MAX_CHANGES));
      }
    },
  };
}
