import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { EngineParts } from './dependencies.ts';

/** Remembers how far the prices of one asset have been acted on, for the next start. */
export interface CheckpointWriter {
  /** Everything up to a quote has been acted on. */
  note(quote: Quote): void;
  /** Stores it, if it is news and an order waits. */
  save(): Promise<void>;
}

export function createCheckpointWriter(
  assetId: string,
  { triggerIndex, checkpoints }: Pick<EngineParts, 'triggerIndex' | 'checkpoints'>,
): CheckpointWriter {
  let latest: Quote | undefined;
  let storedSeq = -1;
  return {
    note(quote) {
      latest = quote;
    },
    async save() {
      if (!latest || latest.seq <= storedSeq || (await triggerIndex.isEmpty(assetId))) return;
      const { seq, at } = latest;
      await checkpoints.advance({ asset_id: assetId, seq, at });
      storedSeq = seq;
    },
  };
}
