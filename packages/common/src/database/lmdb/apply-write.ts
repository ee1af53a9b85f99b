import { ItemExistsError } from '../store-errors.ts';
import type { IndexEntry, ItemKey, Write } from '../table-store.ts';
import type { IndexName } from '../tables.ts';
import { isLog } from '../tables.ts';
import type { Environment } from './environment.ts';
import type { Location, StoredItem } from './item-layout.ts';
import { locationOfEntry, locationOfItem, NOTHING, toStoredItem } from './item-layout.ts';

const FIRST_VERSION = 1;

export type CreateWrite = Extract<Write, { readonly kind: 'create' }>;
export type ChangeWrite = Exclude<Write, CreateWrite>;

/**
 * Stores new items, or none of them. A taken key is detected while writing, which saves a lookup for each item. Must
 * run inside a transaction.
 * @throws ItemExistsError (500) when a key is taken; nothing was written
 */
export function createItems(environment: Environment, writes: readonly CreateWrite[]): void {
  const created: {
    readonly key: ItemKey;
    readonly location: Location<StoredItem>;
    readonly stored: StoredItem;
  }[] = [];
  for (const write of writes) {
    const { key } = write;
    const stored = toStoredItem(write, FIRST_VERSION);
    const location = locationOfItem(environment, key);
    const isStored: unknown = location.tree.putSync(location.key, stored, { noOverwrite: true });
    if (isStored !== true) {
      for (const { location: taken } of created) void taken.tree.remove(taken.key);
      throw new ItemExistsError(key);
    }
    created.push({ key, location, stored });
  }
  for (const { key, stored } of created) {
    moveIndexEntries(environment, key, undefined, stored);
    moveExpiry(environment, key, undefined, stored.e);
  }
}

/**
 * Replaces or deletes one item, its index entries and its entry in the expiry list. Must run inside a transaction.
 * @param previous the item that is stored under the key now
 */
export function applyWrite(
  environment: Environment,
  write: ChangeWrite,
  previous: StoredItem | undefined,
): void {
  const { key } = write;
  if (write.kind === 'delete') {
    if (previous) removeStored(environment, key, previous);
    return;
  }
  const next = toStoredItem(write, (previous?.v ?? 0) + 1);
  const location = locationOfItem(environment, key);
  void location.tree.put(location.key, next);
  moveIndexEntries(environment, key, previous, next);
  moveExpiry(environment, key, previous?.e, next.e);
}

/** Deletes an item, its index entries and its entry in the expiry list. Must run inside a transaction. */
export function removeStored(environment: Environment, key: ItemKey, stored: StoredItem): void {
  const location = locationOfItem(environment, key);
  void location.tree.remove(location.key);
  moveIndexEntries(environment, key, stored, undefined);
  moveExpiry(environment, key, stored.e, undefined);
}

function moveIndexEntries(
  environment: Environment,
  key: ItemKey,
  previous: StoredItem | undefined,
  next: StoredItem | undefined,
): void {
  // Most items are in no index, so this returns early.
  if (!previous?.i && !next?.i) return;
  const before = entriesOf(previous);
  const after = entriesOf(next);
  for (const [name, entry] of before) {
    const stays = next?.i?.[name];
    if (stays?.pk === entry.pk && stays.sk === entry.sk) continue;
    const location = locationOfEntry(environment, { key, name, entry });
    void location.tree.remove(location.key);
  }
  for (const [name, entry] of after) {
    const was = previous?.i?.[name];
    if (was?.pk === entry.pk && was.sk === entry.sk) continue;
    const location = locationOfEntry(environment, { key, name, entry });
    void location.tree.put(location.key, NOTHING);
  }
}

function entriesOf(stored: StoredItem | undefined): [IndexName, IndexEntry][] {
  return stored?.i ? (Object.entries(stored.i) as [IndexName, IndexEntry][]) : [];
}

/** Updates the expiry list. Items of logs are not listed, which saves 3 % of the time of an order. */
function moveExpiry(
  environment: Environment,
  key: ItemKey,
  before: number | undefined,
  after: number | undefined,
): void {
  if (before === after || isLog(key.table, key.pk)) return;
  if (before !== undefined) void environment.expiry.remove([before, key.table, key.pk, key.sk]);
  if (after !== undefined) void environment.expiry.put([after, key.table, key.pk, key.sk], NOTHING);
}
