import type { StoredItem } from '@cnop/common/database/dynamodb/item-codec';
import { indexPartitionKey, indexSortKey, toStoredItem } from '@cnop/common/database/dynamodb/item-codec';
import type { Item, ItemContent, ItemKey, TableStore, Write } from '@cnop/common/database/table-store';
import type { IndexName } from '@cnop/common/database/tables';
import { indexDefinition, indexNames } from '@cnop/common/database/tables';
import { keyId } from '@cnop/common/database/validate-transaction';
import { readItem } from '../verify/stored-kinds.ts';

/** The write units that one commit takes from one partition of a table or an index. */
export interface PartitionUnits {
  /** The table, or `table/index`. */
  readonly place: string;
  /** The partition key. */
  readonly pk: string;
  readonly writeUnits: number;
}

/** A commit as DynamoDB bills it. */
export interface CommitUnits {
  readonly partitions: readonly PartitionUnits[];
  /** How many bytes the stored items and their index entries grow by. */
  readonly grownBytes: number;
}

const BYTES_PER_WRITE_UNIT = 1_024;
/** DynamoDB stores this much for each item and each index entry besides its attributes. */
const STORAGE_OVERHEAD_BYTES = 100;
const TRANSACTION_FACTOR = 2;
/** Lists and maps take three bytes, and one more for each member. */
const CONTAINER_BYTES = 3;
/** As long as a real one: 96 random bits in base64url. */
const ANY_REVISION = 'abcdefghijklmnop';

/**
 * Returns a store that reports the units of every commit by the published rules: two for each KB of an item in a
 * transaction, one for a single item, and one for each KB of an index entry that is added, changed or removed.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function recordCommits(store: TableStore, onCommit: (units: CommitUnits) => void): TableStore {
  return {
    ...store,
    async transact(reads, decide) {
      let read: readonly (Item | undefined)[] = [];
      let writes: readonly Write[] = [];
      const result = await store.transact(reads, (items) => {
        const decision = decide(items);
        read = Object.values<Item | undefined>(items);
        writes = decision.writes;
        return decision;
      });
      if (writes.length > 0) onCommit(unitsOfCommit(Object.values(reads), read, writes));
      return result;
    },
  };
}

/** Returns the units of a commit that read some keys, of which some have items, and writes others. */
function unitsOfCommit(
  readKeys: readonly ItemKey[],
  read: readonly (Item | undefined)[],
  writes: readonly Write[],
): CommitUnits {
  const before = new Map(read.flatMap((item) => (item ? [[keyId(item.key), item]] : [])));
  const written = new Set(writes.map(({ key }) => keyId(key)));
  const checkedKeys = [...new Map(readKeys.map((key) => [keyId(key), key])).values()].filter(
    (key) => !written.has(keyId(key)),
  );
  const factor = writes.length + checkedKeys.length > 1 ? TRANSACTION_FACTOR : 1;
  const partitions: PartitionUnits[] = checkedKeys.map(({ table, pk }) => ({
    place: table,
    pk,
    writeUnits: factor,
  }));
  let grownBytes = 0;
  for (const write of writes) {
    const change = { key: write.key, old: storedForm(before.get(keyId(write.key))), new: newForm(write) };
    const bytes = Math.max(bytesOf(change.old), bytesOf(change.new));
    partitions.push({ place: write.key.table, pk: write.key.pk, writeUnits: factor * unitsOf(bytes) });
    grownBytes += storageOf(change.new) - storageOf(change.old);
    for (const index of indexNames(write.key.table)) {
      const entry = indexChange(index, change);
      partitions.push(...entry.partitions);
      grownBytes += entry.grownBytes;
    }
  }
  return { partitions, grownBytes };
}

interface Change {
  readonly key: ItemKey;
  readonly old: StoredItem | undefined;
  readonly new: StoredItem | undefined;
}

/** Returns an item as it was stored; the port does not return index entries, so they are made again. */
function storedForm(item: Item | undefined): StoredItem | undefined {
  if (!item) return undefined;
  const reading = readItem(item);
  const indexes = reading.outcome === 'read' ? contentOf(reading.stored.rewritten).indexes : undefined;
  const content = { attributes: item.attributes, ...(indexes && { indexes }) };
  return toStoredItem(item.key, content, item.version, ANY_REVISION);
}

function newForm(write: Write): StoredItem | undefined {
  return write.kind === 'delete' ? undefined : toStoredItem(write.key, write, 1, ANY_REVISION);
}

function contentOf(write: Write): Pick<ItemContent, 'indexes'> {
  return write.kind === 'delete' ? {} : write;
}

/** Returns the units of one index: an entry that moves to another key is removed and added. */
function indexChange(index: IndexName, { key, old, new: changed }: Change): CommitUnits {
  const [from, to] = [entryOf(index, key, old), entryOf(index, key, changed)];
  const place = `${key.table}/${index}`;
  const partitions: PartitionUnits[] = [];
  const isMoved = from !== undefined && to !== undefined && from.id !== to.id;
  if (from && (!to || isMoved))
    partitions.push({ place, pk: from.pk, writeUnits: unitsOf(bytesOf(from.copied)) });
  if (to && (!from || isMoved || !isSame(from.copied, to.copied))) {
    const bytes = Math.max(isMoved ? 0 : bytesOf(from?.copied), bytesOf(to.copied));
    partitions.push({ place, pk: to.pk, writeUnits: unitsOf(bytes) });
  }
  return { partitions, grownBytes: storageOf(to?.copied) - storageOf(from?.copied) };
}

interface Entry {
  readonly pk: string;
  readonly id: string;
  readonly copied: StoredItem;
}

function entryOf(index: IndexName, key: ItemKey, item: StoredItem | undefined): Entry | undefined {
  const pk = item?.[indexPartitionKey(index)]?.S;
  const sk = item?.[indexSortKey(index)]?.S;
  if (!item || pk === undefined || sk === undefined) return undefined;
  const projection = indexDefinition(key.table, index)?.projection ?? [];
  if (projection === 'all') return { pk, id: `${pk}\n${sk}`, copied: item };
  const names = new Set(['PK', 'SK', indexPartitionKey(index), indexSortKey(index), ...projection]);
  const copied = Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
  return { pk, id: `${pk}\n${sk}`, copied };
}

/** Every write of an item changes its revision, which only an index over everything copies. */
function isSame(one: StoredItem, other: StoredItem): boolean {
  return !('revision' in one) && JSON.stringify(one) === JSON.stringify(other);
}

function unitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BYTES_PER_WRITE_UNIT));
}

function storageOf(item: StoredItem | undefined): number {
  return item ? bytesOf(item) + STORAGE_OVERHEAD_BYTES : 0;
}

/** Returns the size that DynamoDB bills: names and values of all attributes, in UTF-8. */
function bytesOf(item: StoredItem | undefined): number {
  return Object.entries(item ?? {}).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: StoredItem[string]): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  // A byte for two significant digits, and one more.
  if (value.N !== undefined) return Math.ceil(value.N.replace(/^-|0+$/g, '').length / 2) + 1;
  if (value.L !== undefined)
    return value.L.reduce((sum, member) => sum + 1 + valueBytes(member), CONTAINER_BYTES);
  if (value.M !== undefined) return bytesOf(value.M) + Object.keys(value.M).length + CONTAINER_BYTES;
  return 1;
}
