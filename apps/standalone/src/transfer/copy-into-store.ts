import type { Clock } from '@cnop/common/core/clock';
import { epochSeconds } from '@cnop/common/core/clock';
import type { StoreReader, TableStore } from '@cnop/common/database/table-store';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import type { ItemProgress } from '../data-command.ts';
import { RefusedError } from '../data-command.ts';
import type { ContentDigest, ContentHash } from './content-hash.ts';
import { createContentHash, lineOf } from './content-hash.ts';
import type { WriteCounts } from './item-writer.ts';
import { createItemWriter, isEmptyStore } from './item-writer.ts';
import type { ExportedItem } from './read-export.ts';
import { checkExport, itemsOfExport } from './read-export.ts';

export interface CopyOptions {
  /** The store to write. */
  readonly store: TableStore;
  /** Allows a store that has data, such as what an interrupted copy left. */
  readonly resume: boolean;
  readonly clock: Clock;
  readonly onProgress: {
    readonly checked: ItemProgress;
    readonly copied: ItemProgress;
    readonly compared: ItemProgress;
  };
}

/** The result of a copy: what was written, and the content of both sides without expired items. */
export interface Copied extends WriteCounts {
  readonly source: ContentDigest;
  readonly target: ContentDigest;
}

/**
 * Copies an export into a store and compares both. Items that have expired meanwhile are left out.
 * @throws RefusedError when the file is incomplete, or the store has other data
 */
export async function importIntoStore(file: string, options: CopyOptions): Promise<Copied> {
  const { hash } = await checkExport(file, options.onProgress.checked);
  return copy(itemsOfExport(file), async () => hash, options);
}

/**
 * Copies a store into another one and compares both. A store with snapshots is copied as of one moment. Another one is
 * read again at the end, so that a change during the copy shows in the comparison.
 * @throws RefusedError when the store to write has other data
 */
export async function migrateStore(source: TableStore, options: CopyOptions): Promise<Copied> {
  const snapshot = await source.snapshot?.();
  const copiedHash = createContentHash();
  try {
    const items = itemsOf(snapshot ?? source, copiedHash);
    return await copy(
      items,
      async () => (snapshot ? copiedHash : hashStore(source, options.onProgress.compared)),
      options,
    );
  } finally {
    snapshot?.release();
  }
}

async function copy(
  items: AsyncIterable<ExportedItem>,
  hashSource: () => Promise<ContentHash>,
  { store, resume, clock, onProgress }: CopyOptions,
): Promise<Copied> {
  if (!resume && !(await isEmptyStore(store))) {
    throw new RefusedError(
      'The store to write has data. Choose an empty one, or add --resume to continue an interrupted copy: items that are ' +
        'there are kept, and one with other content ends the copy.',
    );
  }
  const now = epochSeconds(clock.now());
  const writer = createItemWriter(store);
  let copied = 0;
  for await (const { item, characters } of items) {
    if (item.expiresAtEpochSeconds !== undefined && item.expiresAtEpochSeconds <= now) continue;
    await writer.write(item, characters);
    copied += 1;
    onProgress.copied(copied);
  }
  const counts = await writer.end();
  const [source, target] = [await hashSource(), await hashStore(store, onProgress.compared)];
  const end = clock.now();
  return { ...counts, source: source.unexpiredAt(end), target: target.unexpiredAt(end) };
}

/** Returns the content hash of a store. */
export async function hashStore(
  reader: Pick<StoreReader, 'scan'>,
  onProgress: ItemProgress,
): Promise<ContentHash> {
  const hash = createContentHash();
  let items = 0;
  for await (const _ of itemsOf(reader, hash)) {
    items += 1;
    onProgress(items);
  }
  return hash;
}

/** Reads all items of a store, and adds each to the hash. */
async function* itemsOf(reader: Pick<StoreReader, 'scan'>, hash: ContentHash): AsyncGenerator<ExportedItem> {
  for (const table of TABLE_NAMES) {
    for await (const item of reader.scan(table)) {
      const line = lineOf(item);
      hash.add(line, item.expiresAtEpochSeconds);
      yield { item, characters: line.length };
    }
  }
}
