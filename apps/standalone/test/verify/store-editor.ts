import type {
  Attributes,
  IndexEntry,
  Item,
  ItemKey,
  TableStore,
  Write,
} from '@cnop/common/database/table-store';
import { MAX_TRANSACTION_ITEMS } from '@cnop/common/database/table-store';
import type { IndexName } from '@cnop/common/database/tables';
import { TABLE_NAMES, TABLES } from '@cnop/common/database/tables';

type IndexEntries = Partial<Record<IndexName, IndexEntry>>;

/** A stored item with its index entries, read without code of the audit. */
interface Copied {
  readonly item: Item;
  readonly indexEntries: IndexEntries;
}

/** Changes single items of a store directly, and restores all of them. */
export interface StoreEditor {
  /** Returns the only item that matches. */
  find(matches: (item: Item) => boolean): Item;
  edit(item: Item, changes: Attributes): Promise<void>;
  /** Stores an item with these index entries. */
  put(key: ItemKey, attributes: Attributes, indexEntries?: IndexEntries): Promise<void>;
  move(item: Item, to: Partial<ItemKey>): Promise<void>;
  remove(item: Item): Promise<void>;
  indexEntriesOf(item: Item): IndexEntries;
  restore(): Promise<void>;
}

export async function createStoreEditor(store: TableStore): Promise<StoreEditor> {
  const copies = new Map<string, Copied>();
  for (const table of TABLE_NAMES) {
    for await (const item of store.scan(table)) copies.set(nameOf(item.key), { item, indexEntries: {} });
    for (const index of Object.keys(TABLES[table].indexes) as IndexName[]) {
      for await (const { key, entry } of store.scanIndex(table, index)) {
        const copied = copies.get(nameOf(key));
        if (copied) copied.indexEntries[index] = entry;
      }
    }
  }

  const write = async (writes: readonly Write[]): Promise<void> => {
    for (let start = 0; start < writes.length; start += MAX_TRANSACTION_ITEMS) {
      const chunk = writes.slice(start, start + MAX_TRANSACTION_ITEMS);
      const reads = Object.fromEntries(chunk.map(({ key }) => [nameOf(key), key]));
      await store.transact(reads, () => ({ writes: chunk, result: undefined }));
    }
  };
  const indexEntriesOf = (item: Item): IndexEntries => copies.get(nameOf(item.key))?.indexEntries ?? {};
  const put = async (key: ItemKey, attributes: Attributes, indexEntries: IndexEntries = {}): Promise<void> =>
    write([{ kind: 'replace', key, attributes, indexes: indexEntries }]);

  return {
    find(matches) {
      const found = [...copies.values()].map(({ item }) => item).filter(matches);
      const [only] = found;
      if (!only || found.length > 1) throw new Error(`${found.length} items match`);
      return only;
    },
    edit: (item, changes) => put(item.key, { ...item.attributes, ...changes }, indexEntriesOf(item)),
    put,
    async move(item, to) {
      await write([{ kind: 'delete', key: item.key }]);
      await put({ ...item.key, ...to }, item.attributes, indexEntriesOf(item));
    },
    remove: (item) => write([{ kind: 'delete', key: item.key }]),
    indexEntriesOf,
    async restore() {
      const present: Item[] = [];
      for (const table of TABLE_NAMES) for await (const item of store.scan(table)) present.push(item);
      await write(present.map(({ key }) => ({ kind: 'delete', key })));
      await write(
        [...copies.values()].map(({ item: { key, attributes }, indexEntries }) => ({
          kind: 'replace',
          key,
          attributes,
          indexes: indexEntries,
        })),
      );
    },
  };
}

function nameOf({ table, pk, sk }: ItemKey): string {
  return `${table}/${pk}/${sk}`;
}
