import type { AssetId } from '@cnop/common/core/brands';
import type {
  IndexEntry,
  IndexedItem,
  Item,
  ItemKey,
  StoreReader,
  TableStore,
} from '@cnop/common/database/table-store';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import type { IndexName, TableName } from '@cnop/common/database/tables';
import { isOpen } from './rules/order-basics.ts';
import type { Stored } from './stored-kinds.ts';
import { indexesOf, readItem } from './stored-kinds.ts';
import { nameOf } from './violation.ts';

/** Some items of a store in memory. */
export interface ItemSet {
  add(items: readonly (Item | undefined)[]): void;
  get(key: ItemKey): Item | undefined;
  /** Reads those items of the keys that are not in the set. */
  readMissing(keys: readonly ItemKey[]): Promise<void>;
  /** Returns the items that can be read as their kind. */
  stored(): Stored[];
  /** Returns the ids of the assets that items are about. */
  assetIds(): AssetId[];
  /** Returns the last sort key of a partition of the users table. */
  lastSortKey(pk: string, skPrefix?: string): string | undefined;
  /** Returns a set with only the items that no later commit changes: ledger, events, trades and final orders. */
  history(): ItemSet;
  /** Reads the set as a store. Items that are not in it, such as the parts of a candle, are read from the store. */
  reader(): StoreReader;
}

interface Entry {
  readonly item: Item;
  readonly stored: Stored | undefined;
}

/** Creates a set of items of a store. */
export function createItemSet(store: TableStore, given: readonly Entry[] = []): ItemSet {
  const entries = new Map(given.map((entry): [string, Entry] => [nameOf(entry.item.key), entry]));
  const get = (key: ItemKey): Item | undefined => entries.get(nameOf(key))?.item;
  const stored = (): Stored[] => [...entries.values()].flatMap((entry) => entry.stored ?? []);

  function add(items: readonly (Item | undefined)[]): void {
    for (const item of items) {
      if (!item) continue;
      const reading = readItem(item);
      entries.set(nameOf(item.key), {
        item,
        stored: reading.outcome === 'read' ? reading.stored : undefined,
      });
    }
  }

  return {
    add,
    get,
    stored,
    async readMissing(keys) {
      const missing = new Map(keys.filter((key) => !get(key)).map((key) => [nameOf(key), key]));
      const wanted = [...missing.values()];
      for (let start = 0; start < wanted.length; start += MAX_BATCH_GET_ITEMS)
        add(await store.batchGet(wanted.slice(start, start + MAX_BATCH_GET_ITEMS)));
    },
    assetIds() {
      const ids = stored().map(({ entity }) => ('asset_id' in entity ? entity.asset_id : undefined));
      return [...new Set(ids.filter((id) => id !== undefined))];
    },
    lastSortKey(pk, skPrefix = '') {
      const keys = [...entries.values()].map(({ item }) => item.key);
      const inPartition = keys.filter((key) => key.pk === pk && key.sk.startsWith(skPrefix));
      return inPartition.map(({ sk }) => sk).reduce(later, undefined);
    },
    history: () => createItemSet(store, [...entries.values()].filter(isHistory)),
    reader: () => ({
      async batchGet(keys) {
        const missing = keys.filter((key) => !get(key));
        const others = new Map((await store.batchGet(missing)).map((item, at) => [missing[at], item]));
        return keys.map((key) => get(key) ?? others.get(key));
      },
      async *scan(table) {
        const items = [...entries.values()].map(({ item }) => item);
        yield* items.filter(({ key }) => key.table === table).toSorted(byKey);
      },
      // Index entries are checked against the whole index.
      async *scanIndex(table, index) {
        yield* stored().flatMap((one) => entryOf(one, table, index));
      },
    }),
  };
}

const later = (one: string | undefined, other: string): string =>
  one === undefined || other > one ? other : one;

function isHistory({ stored }: Entry): boolean {
  switch (stored?.kind) {
    case 'ledger entry':
    case 'event':
    case 'asset transaction':
      return true;
    case 'order':
      return !isOpen(stored.entity.status);
    default:
      return false;
  }
}

function byKey({ key: one }: Item, { key: other }: Item): number {
  if (one.pk !== other.pk) return one.pk < other.pk ? -1 : 1;
  return one.sk < other.sk ? -1 : 1;
}

function entryOf({ key, rewritten }: Stored, table: TableName, index: IndexName): IndexedItem[] {
  const entries: Partial<Record<IndexName, IndexEntry>> = indexesOf(rewritten);
  const entry = entries[index];
  return key.table === table && entry ? [{ key, entry }] : [];
}
