import { setTimeout as wait } from 'node:timers/promises';
import { ItemExistsError, StoreBusyError, StoreUnavailableError } from '@cnop/common/database/store-errors';
import type { Item, ItemKey, TableStore } from '@cnop/common/database/table-store';
import { MAX_TRANSACTION_ITEMS } from '@cnop/common/database/table-store';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import { RefusedError } from '../data-command.ts';
import type { CopiedItem } from './content-hash.ts';
import { canonicalJson } from './content-hash.ts';

/** A transaction of DynamoDB takes 4 MB, and characters may have several bytes. */
const MAX_BATCH_CHARACTERS = 1_000_000;
/** The embedded store commits these together; DynamoDB writes them side by side. */
const MAX_BATCHES_AT_ONCE = 8;
/** A throttled or restarting store has a minute to recover. */
const MAX_ATTEMPTS = 12;
const PAUSE_MILLISECONDS = 1_000;

/** The items that were written, and those that were there before. */
export interface WriteCounts {
  readonly written: number;
  readonly skipped: number;
}

/** Writes many items in batches. */
export interface ItemWriter {
  /** Adds an item; waits while enough batches are being written. */
  write(item: CopiedItem, characters: number): Promise<void>;
  /** Resolves when all items are on disk. */
  end(): Promise<WriteCounts>;
}

/** Returns whether a store has no item. */
export async function isEmptyStore(store: TableStore): Promise<boolean> {
  for (const table of TABLE_NAMES) {
    for await (const _ of store.scan(table)) return false;
  }
  return true;
}

/**
 * Creates a writer that creates missing items and skips those that are there, so that an interrupted copy can be repeated.
 * Its promises reject with a RefusedError when an item is there with other attributes.
 */
export function createItemWriter(store: TableStore): ItemWriter {
  let batch: CopiedItem[] = [];
  let size = 0;
  let written = 0;
  let skipped = 0;
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;

  async function send(items: readonly CopiedItem[]): Promise<void> {
    const created = await writeBatch(store, items);
    written += created;
    skipped += items.length - created;
  }

  async function start(): Promise<void> {
    if (batch.length === 0) return;
    const sent: Promise<void> = send(batch)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => running.delete(sent));
    running.add(sent);
    batch = [];
    size = 0;
    if (running.size >= MAX_BATCHES_AT_ONCE) await Promise.race(running);
    if (failure) throw failure.error;
  }

  return {
    async write(item, characters) {
      if (batch.length === MAX_TRANSACTION_ITEMS || size + characters > MAX_BATCH_CHARACTERS) await start();
      batch.push(item);
      size += characters;
    },
    async end() {
      await start();
      await Promise.all(running);
      if (failure) throw failure.error;
      return { written, skipped };
    },
  };
}

/** Writes items in one transaction and returns the number of those that were missing. */
async function writeBatch(store: TableStore, items: readonly CopiedItem[]): Promise<number> {
  try {
    return await patiently(() => createAll(store, items));
  } catch (error) {
    if (!(error instanceof ItemExistsError)) throw error;
    return await patiently(() => createMissing(store, items));
  }
}

/** Creates items without reading them, which halves the cost on DynamoDB. */
async function createAll(store: TableStore, items: readonly CopiedItem[]): Promise<number> {
  return store.transact({}, () => ({
    writes: items.map((item) => ({ kind: 'create' as const, ...item })),
    result: items.length,
  }));
}

async function createMissing(store: TableStore, items: readonly CopiedItem[]): Promise<number> {
  const reads: Readonly<Record<string, ItemKey>> = Object.fromEntries(
    items.map(({ key }, position) => [String(position), key]),
  );
  return store.transact(reads, (found) => {
    const missing = items.filter((item, position) => !isThere(item, found[String(position)]));
    return { writes: missing.map((item) => ({ kind: 'create' as const, ...item })), result: missing.length };
  });
}

/** @throws RefusedError when the item is there with other attributes */
function isThere({ key, attributes }: CopiedItem, found: Item | undefined): boolean {
  if (!found) return false;
  if (canonicalJson(found.attributes) === canonicalJson(attributes)) return true;
  throw new RefusedError(
    `${key.table}/${key.pk}/${key.sk} is there with other content, so this store has other data or was used since. ` +
      'Copy into an empty store.',
  );
}

/** Repeats a write while the store is busy or restarts. */
async function patiently<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const isTemporary = error instanceof StoreBusyError || error instanceof StoreUnavailableError;
      if (!isTemporary || attempt === MAX_ATTEMPTS) throw error;
      await wait(PAUSE_MILLISECONDS * Math.min(attempt, MAX_ATTEMPTS / 2));
    }
  }
}
