import type { IndexEntry, ItemKey, Write } from '../table-store.ts';
import type { IndexName } from '../tables.ts';
import type { Environment } from './environment.ts';
import type { StoredItem } from './stored-item.ts';
import { toStoredItem } from './stored-item.ts';

const NOTHING = '';

/**
 * Applies one write and keeps indexes and the expiry list in step. Must run inside a transaction.
 * @param previous what is stored under the key now
 */
export function applyWrite(environment: Environment, write: Write, previous: StoredItem | undefined): void {
  const { key } = write;
  if (write.kind === 'delete') {
    if (previous) removeStored(environment, key, previous);
    return;
  }
  const next = toStoredItem(write, (previous?.v ?? 0) + 1);
  void environment.table(key.table).put([key.pk, key.sk], next);
  moveIndexEntries(environment, key, previous, next);
  moveExpiry(environment, key, previous?.e, next.e);
}

/** Deletes an item with all its entries elsewhere. Must run inside a transaction. */
export function removeStored(environment: Environment, key: ItemKey, stored: StoredItem): void {
  void environment.table(key.table).remove([key.pk, key.sk]);
  moveIndexEntries(environment, key, stored, undefined);
  moveExpiry(environment, key, stored.e, undefined);
}

function moveIndexEntries(
  environment: Environment,
  key: ItemKey,
  previous: StoredItem | undefined,
  next: StoredItem | undefined,
): void {
  const before = entriesOf(previous);
  const after = entriesOf(next);
  for (const [name, entry] of before) {
    const stays = next?.i?.[name];
    if (stays?.pk === entry.pk && stays.sk === entry.sk) continue;
    void environment.index(key.table, name).remove([entry.pk, entry.sk, key.pk, key.sk]);
  }
  for (const [name, entry] of after) {
    const was = previous?.i?.[name];
    if (was?.pk === entry.pk && was.sk === entry.sk) continue;
    void environment.index(key.table, name).put([entry.pk, entry.sk, key.pk, key.sk], NOTHING);
  }
}

function entriesOf(stored: StoredItem | undefined): [IndexName, IndexEntry][] {
  return stored?.i ? (Object.entries(stored.i) as [IndexName, IndexEntry][]) : [];
}

function moveExpiry(
  environment: Environment,
  key: ItemKey,
  before: number | undefined,
  after: number | undefined,
): void {
  if (before === after) return;
  if (before !== undefined) void environment.expiry.remove([before, key.table, key.pk, key.sk]);
  if (after !== undefined) void environment.expiry.put([after, key.table, key.pk, key.sk], NOTHING);
}
