import type { Page, Position } from '../core/pagination.ts';
import type { IndexName, TableName } from './tables.ts';

/** What an attribute may hold. Amounts are strings, always; numbers are small integers such as versions. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface ItemKey {
  readonly table: TableName;
  readonly pk: string;
  readonly sk: string;
}

/** An item as it is stored: its key, its attributes and the version that the store counts up at each write. */
export interface Item {
  readonly key: ItemKey;
  readonly attributes: Attributes;
  readonly version: number;
}

/** Where an item appears in a secondary index. An item without an entry is not in that index. */
export interface IndexEntry {
  readonly pk: string;
  readonly sk: string;
}

/** What a write stores: the attributes and the places in indexes, both in full. */
export interface ItemContent {
  readonly attributes: Attributes;
  readonly indexes?: Partial<Readonly<Record<IndexName, IndexEntry>>>;
  /** When the store may delete the item, in seconds since the epoch. Readers must check the time themselves. */
  readonly expiresAtEpochSeconds?: number;
}

/**
 * - `create`: the item must be absent, whether it was read or not.
 * - `replace`: the item must be among the reads; it may be absent there.
 * - `delete`: the item must be among the reads.
 */
export type Write =
  | ({ readonly kind: 'create'; readonly key: ItemKey } & ItemContent)
  | ({ readonly kind: 'replace'; readonly key: ItemKey } & ItemContent)
  | { readonly kind: 'delete'; readonly key: ItemKey };

export type Reads = Readonly<Record<string, ItemKey>>;
export type ReadItems<R extends Reads> = { readonly [name in keyof R]: Item | undefined };

export interface Decision<T> {
  readonly writes: readonly Write[];
  readonly result: T;
}

/** A range of sort keys: all of them, those with a prefix, or those between two bounds (both inclusive). */
export type SortKeyRange = { readonly prefix: string } | { readonly from?: string; readonly to?: string };

/** An attribute that a filter compares. */
export type ComparedValue = string | number | boolean | null;

/** What an attribute must be: equal to a value, one of several, or a text of ASCII that sorts behind another. */
export type Condition =
  | ComparedValue
  | { readonly in: readonly ComparedValue[] }
  | { readonly after: string };

/** Conditions on attributes, all of which must hold. */
export type Filter = Readonly<Record<string, Condition>>;

export interface Query {
  readonly table: TableName;
  /** Queried instead of the primary key. An index may lag behind on some adapters: never read money from it. */
  readonly index?: IndexName;
  readonly pk: string;
  readonly sk?: SortKeyRange;
  readonly order: 'ascending' | 'descending';
  readonly limit: number;
  readonly after?: Position | undefined;
  /**
   * Leaves out the items that do not fit. `next` is set only when another item that fits follows, or when the query has
   * looked at `MAX_EVALUATED_PER_QUERY` items: such a page may be short, even empty.
   */
  readonly where?: Filter;
}

/** One line of a secondary index: a place in it, and the item that stands there. */
export interface IndexedItem {
  readonly entry: IndexEntry;
  readonly key: ItemKey;
}

/** Reading all there is, for audits. */
export interface StoreReader {
  /** The items of the keys, in their order; at most `MAX_BATCH_GET_ITEMS`. */
  batchGet(keys: readonly ItemKey[]): Promise<(Item | undefined)[]>;

  /** Every item of a table: partitions one after the other, each in the order of its sort keys. */
  scan(table: TableName): AsyncIterable<Item>;

  /** Every line of an index, those that lead nowhere included. */
  scanIndex(table: TableName, index: IndexName): AsyncIterable<IndexedItem>;
}

/** The whole store at one moment. Holding it keeps the space of what was deleted since from being used again. */
export interface StoreSnapshot extends StoreReader {
  release(): void;
}

/** The disk that a store is on. */
export interface StoreDisk {
  readonly freeBytes: number;
  readonly minFreeBytes: number;
  /** Whether writes are refused for want of space. */
  readonly isFull: boolean;
}

/** How a process opens its store. */
export interface OpenStoreOptions {
  /** For looking only: the store and its tables must exist, and the embedded one refuses to write. */
  readonly readOnly?: boolean;
  /** Called when the embedded store begins to refuse writes for want of space, and when it takes them again. */
  readonly onDiskChange?: (disk: StoreDisk) => void;
}

/** Whether a store takes writes now; background work waits while it does not. */
export function takesWrites(store: Pick<TableStore, 'disk'>): boolean {
  return store.disk?.().isFull !== true;
}

/**
 * The one door to stored state. Every adapter passes the same contract suite.
 *
 * A promise that resolved after a write means: on disk.
 */
export interface TableStore extends StoreReader {
  /** Returns the disk of an embedded store as it was measured last; absent where there is none to watch. */
  disk?(): StoreDisk;

  /** Says why a commit failed and what to do, once one has; absent where a failed commit does not end the process. */
  failure?(): string | undefined;

  get(key: ItemKey): Promise<Item | undefined>;

  query(query: Query): Promise<Page<Item>>;

  /**
   * All tables and indexes as they are now, whatever is written while they are read. Absent where the store cannot:
   * DynamoDB has no read across tables at one moment, and its indexes lag.
   */
  snapshot?(): Promise<StoreSnapshot>;

  /**
   * Reads items, decides, and commits the writes, all of them or none, serializably over everything that was
   * read or written.
   *
   * - `decide` is pure and synchronous, and may run more than once.
   * - An error that `decide` throws is thrown on, and nothing is written.
   * @throws DiskFullError when too little space is left; nothing was read or written
   * @throws StoreBusyError when conflicts outlast the retries; nothing was written
   * @throws ItemExistsError when a `create` that was not read meets an existing item; nothing was written
   */
  transact<R extends Reads, T>(reads: R, decide: (items: ReadItems<R>) => Decision<T>): Promise<T>;

  /** Resolves when the store answers; for readiness. */
  ping(): Promise<void>;

  close(): Promise<void>;
}

export const MAX_BATCH_GET_ITEMS = 100;
/** Reads and writes of one transaction; DynamoDB's own limit. */
export const MAX_TRANSACTION_ITEMS = 100;
export const MAX_QUERY_LIMIT = 1_000;
/** Values of one `in`; DynamoDB's own limit. */
export const MAX_CONDITION_VALUES = 100;
/** Items that one query looks at before it answers with a short page when `where` filters most of them out. */
export const MAX_EVALUATED_PER_QUERY = 5_000;
/** Bytes of UTF-8 in a partition key and in a sort key: four of them must fit into one key of LMDB. */
export const MAX_KEY_PART_BYTES = 400;
