import { z } from 'zod';
import type { AssetId } from '../../core/brands.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import { assetIdSchema, timestampSchema } from '../../entities/fields.ts';
import { defineRecord } from '../record.ts';

const triggerCheckpointSchema = z.object({
  asset_id: assetIdSchema,
  /** The `seq` of the last quote that was processed completely, as were all before it. */
  seq: z.int().min(0),
  at: timestampSchema,
});

/** The progress of the trigger engine through the quotes of an asset. */
export type TriggerCheckpoint = z.infer<typeof triggerCheckpointSchema>;

/** @public read by the audit of the store */
export const triggerCheckpointRecord = defineRecord<TriggerCheckpoint, Pick<TriggerCheckpoint, 'asset_id'>>({
  table: 'orders',
  schema: triggerCheckpointSchema,
  key: ({ asset_id }) => ({
    pk: KEYS.orders.triggerCheckpoint.pkPrefix + asset_id,
    sk: KEYS.orders.triggerCheckpoint.sk,
  }),
});

export type TriggerCheckpointDao = ReturnType<typeof createTriggerCheckpointDao>;

/** Creates the DAO of checkpoints. */
export function createTriggerCheckpointDao(store: TableStore) {
  return {
    /** Returns the checkpoint of an asset; undefined when none was stored yet. */
    async getCheckpoint(asset_id: AssetId): Promise<TriggerCheckpoint | undefined> {
      return triggerCheckpointRecord.readIfPresent(
        await store.get(triggerCheckpointRecord.key({ asset_id })),
      );
    },

    /** Moves the checkpoint of an asset forward. Keeps one that another process has moved further. */
    async advance(checkpoint: TriggerCheckpoint): Promise<void> {
      await store.transact({ known: triggerCheckpointRecord.key(checkpoint) }, (items) => {
        const known = triggerCheckpointRecord.readIfPresent(items.known);
        const isNews = !known || known.seq < checkpoint.seq;
        return { writes: isNews ? [triggerCheckpointRecord.replace(checkpoint)] : [], result: undefined };
      });
    },
  };
}
