import { z } from 'zod';
import type { AssetId } from '../../core/brands.ts';
import { decimal } from '../../core/money.ts';
import type { ItemKey, TableStore, Write } from '../../database/table-store.ts';
import { KEYS, sortableSeq } from '../../database/tables.ts';
import { assetIdSchema, priceSchema, timestampSchema } from '../../entities/fields.ts';
import { readAll } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** The most items of one transaction; the port allows 100. */
const MAX_CHANGES = 90;

const pricePeakSchema = z.object({
  asset_id: assetIdSchema,
  /** The `seq` of the quote. It counts for trailing stops accepted at an earlier quote. */
  seq: z.int().min(0),
  bid: priceSchema,
  at: timestampSchema,
});

/** A bid that is the highest since the acceptance of some open trailing stops. */
export type PricePeak = z.infer<typeof pricePeakSchema>;

/** @public read by the audit of the store */
export const pricePeakRecord = defineRecord<PricePeak, Pick<PricePeak, 'asset_id' | 'seq'>>({
  table: 'orders',
  schema: pricePeakSchema,
  key: ({ asset_id, seq }) => ({ pk: KEYS.orders.pricePeak.pkPrefix + asset_id, sk: sortableSeq(seq) }),
});

export type PricePeakDao = ReturnType<typeof createPricePeakDao>;

/**
 * Creates the DAO of peaks, which tell which bids came after which acceptance; candles do not. A trailing stop follows the
 * highest peak with a `seq` greater than that of its acceptance, so a repeated or needless write changes nothing.
 */
export function createPricePeakDao(store: TableStore) {
  const change = async (added: readonly PricePeak[], removed: readonly PricePeak[]): Promise<void> => {
    const reads: Record<string, ItemKey> = {};
    for (const peak of [...added, ...removed]) reads[peak.seq] = pricePeakRecord.key(peak);
    await store.transact(reads, (items) => {
      const storedOf = ({ seq }: PricePeak) => pricePeakRecord.readIfPresent(items[seq]);
      const isHigher = (peak: PricePeak): boolean => {
        const stored = storedOf(peak);
        return !stored || decimal(peak.bid).gt(stored.bid);
      };
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
    /** Returns the peaks of an asset, by `seq`. */
    async getPeaks(asset_id: AssetId): Promise<PricePeak[]> {
      const query = {
        table: 'orders',
        pk: KEYS.orders.pricePeak.pkPrefix + asset_id,
        order: 'ascending',
      } as const;
      return readAll(store, query, pricePeakRecord.read);
    },

    /** Stores peaks, then deletes those that they supersede. Takes any number of either, all of different `seq`. */
    async replacePeaks(added: readonly PricePeak[], removed: readonly PricePeak[]): Promise<void> {
      // Usually one transaction. Otherwise peaks are added before any is removed.
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
