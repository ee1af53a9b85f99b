import { z } from 'zod';
import type { TableStore } from '../../database/table-store.ts';
import { assetIdSchema, timestampSchema } from '../../entities/fields.ts';
import { defineRecord } from '../record.ts';

const CHECKPOINT_PREFIX = 'CHECKPOINT#';
const CHECKPOINT_SORT_KEY = 'CHECKPOINT';

const triggerCheckpointSchema = z.object({
  asset_id: assetIdSchema,
  /** Of the last quote that was acted on in full, as all before it. */
  seq: z.int().min(0),
  at: timestampSchema,
});

/** How far the prices of an asset have been acted on. */
export type TriggerCheckpoint = z.infer<typeof triggerCheckpointSchema>;

/** @public read by the audit of the store */
export const triggerCheckpointRecord = defineRecord<TriggerCheckpoint, Pick<TriggerCheckpoint, 'asset_id'>>({
  table: 'orders',
  schema: triggerCheckpointSchema,
  key: ({ asset_id }) => ({ pk: CHECKPOINT_PREFIX + asset_id, sk: CHECKPOINT_SORT_KEY }),
});

export type TriggerCheckpointDao = ReturnType<typeof createTriggerCheckpointDao>;

export function createTriggerCheckpointDao(store: TableStore) {
  return {
    async getCheckpoint(asset_id: string): Promise<TriggerCheckpoint | undefined> {
      return triggerCheckpointRecord.readIfPresent(
        await store.get(triggerCheckpointRecord.key({ asset_id })),
      );
    },

    /** Moves the checkpoint of an asset forward; one that another process has moved further stays. */
    async advance(checkpoint: TriggerCheckpoint): Promise<void> {
      await store.transact({ known: triggerCheckpointRecord.key(checkpoint) }, (items) => {
        const known = triggerCheckpointRecord.readIfPresent(items.known);
        const isNews = !known || known.seq < checkpoint.seq;
        return { writes: isNews ? [triggerCheckpointRecord.replace(checkpoint)] : [], result: undefined };
      });
    },
  };
}
