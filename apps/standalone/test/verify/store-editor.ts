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

type Places = Partial<Record<IndexName, IndexEntry>>;

/** What an item is stored with, read from the table and from every index, through no code of the auditor. */
interface Copied {
  readonly item: Item;
  readonly places: Places;
}

/** Changes single items of a store behind everybody's back, and puts all of them back. */
export interface StoreEditor {
  /** The one item whose name begins and ends so. */
  find(matches: (item: Item) => boolean): Item;
  edit(item: Item, changes: Attributes): Promise<void>;
  /** Stores an item with the places in indexes that it has, or with others. */
  put(key: ItemKey, attributes: Attributes, places?: Places): Promise<void>;
  move(item: Item, to: Partial<ItemKey>): Promise<void>;
  remove(item: Item): Promise<void>;
  placesOf(item: Item): Places;
  restore(): Promise<void>;
}

export async function createStoreEditor(store: TableStore): Promise<StoreEditor> {
  const copies = new Map<string, Copied>();
  for (const table of TABLE_NAMES) {
    for await (const item of store.scan(table)) copies.set(nameOf(item.key), { item, places: {} });
    for (const index of Object.keys(TABLES[table].indexes) as IndexName[]) {
      for await (const { key, entry } of store.scanIndex(table, index)) {
        const copied = copies.get(nameOf(key));
        if (copied) copied.places[index] = entry;
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
  const placesOf = (item: Item): Places => copies.get(nameOf(item.key))?.places ?? {};
  const put = async (key: ItemKey, attributes: Attributes, places: Places = {}): Promise<void> =>
    write([{ kind: 'replace', key, attributes, indexes: places }]);

  return {
    find(matches) {
      const found = [...copies.values()].map(({ item }) => item).filter(matches);
      const [only] = found;
      if (!only || found.length > 1) throw new Error(`${found.length} items match`);
      return only;
    },
    edit: (item, changes) => put(item.key, { ...item.attributes, ...changes }, placesOf(item)),
    put,
    async move(item, to) {
      await write([{ kind: 'delete', key: item.key }]);
      await put({ ...item.key, ...to }, item.attributes, placesOf(item));
    },
    remove: (item) => write([{ kind: 'delete', key: item.key }]),
    placesOf,
    async restore() {
      const present: Item[] = [];
      for (const table of TABLE_NAMES) for await (const item of store.scan(table)) present.push(item);
      await write(present.map(({ key }) => ({ kind: 'delete', key })));
      await write(
        [...copies.values()].map(({ item: { key, attributes }, places }) => ({
          kind: 'replace',
          key,
          attributes,
          indexes: places,
        })),
      );
    },
  };
}

function nameOf({ table, pk, sk }: ItemKey): string {
  return `${table}/${pk}/${sk}`;
}
