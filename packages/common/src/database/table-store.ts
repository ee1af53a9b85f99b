import type { ServerTime } from '../core/clock.ts';
import type { Page, Position } from '../core/pagination.ts';
import type { IndexName, TableName } from './tables.ts';

/** The value of an attribute. Amounts are strings; numbers are safe integers, such as versions. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

/** The attributes of an item by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The primary key of an item: table, partition key and sort key. */
export interface ItemKey {
  readonly table: TableName;
  readonly pk: string;
  readonly sk: string;
}

/** A stored item: its key, its attributes and its version, which each write increments. */
export interface Item {
  readonly key: ItemKey;
  readonly attributes: Attributes;
  readonly version: number;
}

/** The key of an item in a secondary index. An item without an entry is not in that index. */
export interface IndexEntry {
  readonly pk: string;
  readonly sk: string;
}

/** The full content of a write: all attributes and all index entries. */
export interface ItemContent {
  readonly attributes: Attributes;
  readonly indexes?: Partial<Readonly<Record<IndexName, IndexEntry>>>;
  /** The time from which the store may delete the item. It may do so later, so readers must check the time. */
  readonly expiresAtEpochSeconds?: number;
  /** Readers take an absent attribute for null, so a store that is paid by size may leave out attributes that are null. */
  readonly absentIsNull?: true;
}

/** An item with all that a copy of it needs: its index entries and its expiry. */
export interface WholeItem extends Item, ItemContent {}

/**
 * A write of one item.
 *
 * - `create`: the item must be absent, whether it was read or not.
 * - `replace`: the item must be among the reads; it may be absent there.
 * - `delete`: the item must be among the reads.
 */
export type Write =
  | ({ readonly kind: 'create'; readonly key: ItemKey } & ItemContent)
  | ({ readonly kind: 'replace'; readonly key: ItemKey } & ItemContent)
  | { readonly kind: 'delete'; readonly key: ItemKey };

/** The keys that a transaction reads, by name. */
export type Reads = Readonly<Record<string, ItemKey>>;
/** The items that a transaction read, by name; undefined when absent. */
export type ReadItems<R extends Reads> = { readonly [name in keyof R]: Item | undefined };

/** The writes of a transaction, and its result for the caller. */
export interface Decision<T> {
  readonly writes: readonly Write[];
  readonly result: T;
  /**
   * The name of the only read that a decision without writes depends on. Without it, a store that cannot read several items
   * at one moment for free reads them again, at one moment, before it trusts such a decision.
   */
  readonly dependsOn?: string;
}

/** A range of sort keys: by prefix, or between two bounds, both inclusive and optional. */
export type SortKeyRange = { readonly prefix: string } | { readonly from?: string; readonly to?: string };

/** A value that a filter compares an attribute with. */
export type ComparedValue = string | number | boolean | null;

/** A condition on an attribute: equal to a value, one of several values, or an ASCII text that sorts after another. */
export type Condition =
  | ComparedValue
  | { readonly in: readonly ComparedValue[] }
  | { readonly after: string };

/** Conditions on attributes, all of which must hold. */
export type Filter = Readonly<Record<string, Condition>>;

/** A query for a page of a partition, of a table or of an index. */
export interface Query {
  readonly table: TableName;
  /** The index to query instead of the table. An index may lag behind on some adapters: never read money from it. */
  readonly index?: IndexName;
  readonly pk: string;
  readonly sk?: SortKeyRange;
  readonly order: 'ascending' | 'descending';
  readonly limit: number;
  readonly after?: Position | undefined;
  /**
   * Leaves out items that do not match. `next` is set only when another match follows, or when the query has evaluated
   * `MAX_EVALUATED_PER_QUERY` items; such a page may be short or empty.
   */
  readonly where?: Filter;
}

/** One entry of a secondary index, and the key of its item. */
export interface IndexedItem {
  readonly entry: IndexEntry;
  readonly key: ItemKey;
}

/** Reads whole tables and indexes, for audits and copies. */
export interface StoreReader {
  /** Returns the items of up to `MAX_BATCH_GET_ITEMS` keys, in their order. */
  batchGet(keys: readonly ItemKey[]): Promise<(Item | undefined)[]>;

  /**
   * Returns every item of a table, partition by partition, each in the order of its sort keys.
   * @param after a key that an earlier scan returned; the scan continues behind it
   */
  scan(table: TableName, after?: ItemKey): AsyncIterable<WholeItem>;

  /** Returns every entry of an index, including entries without an item. */
  scanIndex(table: TableName, index: IndexName): AsyncIterable<IndexedItem>;
}

/** The whole store at one moment. Until its release, the space of deleted items is not reused. */
export interface StoreSnapshot extends StoreReader {
  release(): void;
}

/** The disk of an embedded store. */
export interface StoreDisk {
  readonly freeBytes: number;
  readonly minFreeBytes: number;
  /** True while writes are refused because too little space is free. */
  readonly isFull: boolean;
}

/** The commits of an embedded store since its start. */
export interface CommitTotals {
  readonly commits: number;
  /** Transactions in these commits, many of which share one. */
  readonly transactions: number;
  /** The time of these commits, until they were on disk. */
  readonly milliseconds: number;
  /** Transactions that wait for a commit now. */
  readonly waiting: number;
}

/** The options with which a process opens its store. */
export interface OpenStoreOptions {
  /** Opens an existing store without creating tables; the embedded store then refuses writes. */
  readonly readOnly?: boolean;
  /**
   * Other processes write to the embedded store as well: each read then sees every commit that any of them has answered.
   */
  readonly isShared?: boolean;
  /** Called when the embedded store begins to refuse writes because of a full disk, and when it accepts them again. */
  readonly onDiskChange?: (disk: StoreDisk) => void;
  /** Called when the embedded store fails to delete expired items; it tries again within a minute. */
  readonly onSweepFailure?: (error: unknown) => void;
  /** Called when a new table of DynamoDB could not be protected. */
  readonly onUnprotected?: (table: UnprotectedTable) => void;
  /** Called when a migration has shut out the version of this process, which then writes no more; not for the embedded store. */
  readonly onOutdated?: (refusal: Error) => void;
  /** Called about once a second with the time of the server of the store; the embedded store has none. */
  readonly onServerTime?: (time: ServerTime) => void;
}

/** A new table of DynamoDB that lacks a protection. */
export interface UnprotectedTable {
  readonly table: string;
  readonly what: 'point-in-time recovery' | 'deletion protection';
  readonly error: Error;
}

/** Returns whether a store accepts writes; background work pauses while it does not. */
export function takesWrites(store: Pick<TableStore, 'disk'>): boolean {
  return store.disk?.().isFull !== true;
}

/**
 * The port to the database. Every adapter passes the same contract suite.
 *
 * When the promise of a write resolves, the write is on disk.
 * @see docs/adr/0001-decide-then-commit.md
 */
export interface TableStore extends StoreReader {
  /** Returns the last measurement of the disk of an embedded store; absent for other stores. */
  disk?(): StoreDisk;

  /**
   * Returns why a commit failed and what to do, or undefined when none has. Absent when a failed commit does not end
   * the process.
   */
  failure?(): string | undefined;

  /** Returns how often deleting expired items has failed; absent when the store does not delete them itself. */
  sweepFailures?(): number;

  /** Returns the totals of the commits of an embedded store; absent for other stores. */
  commits?(): CommitTotals;

  get(key: ItemKey): Promise<Item | undefined>;

  query(query: Query): Promise<Page<Item>>;

  /**
   * Returns all tables and indexes at one moment, unaffected by later writes. Absent for DynamoDB, which cannot read
   * several tables at one moment, and whose indexes lag.
   */
  snapshot?(): Promise<StoreSnapshot>;

  /** Transactions that write one item conflict, and each attempt is paid for. Missing where they wait for each other. */
  readonly paysForConflicts?: true;

  /**
   * Reads items, calls `decide`, and commits all of its writes or none. Transactions are serializable.
   *
   * - `decide` is pure and synchronous, and may run more than once.
   * - An error of `decide` is rethrown, and nothing is written.
   * @throws DiskFullError (503) when too little space is free; nothing was written
   * @throws StoreBusyError (503) when conflicts outlast the retries; nothing was written
   * @throws StoreUnavailableError (503) when the store is unreachable or cannot write
   * @throws ItemExistsError (500) when a `create` that was not read finds an existing item; nothing was written
   * @throws StoreUsageError (500) when a key or a write breaks a rule above; nothing was written
   */
  transact<R extends Reads, T>(reads: R, decide: (items: ReadItems<R>) => Decision<T>): Promise<T>;

  /** Resolves when the store answers, for readiness. */
  ping(): Promise<void>;

  close(): Promise<void>;
}

export const MAX_BATCH_GET_ITEMS = 100;
/** The number of items that a transaction reads or writes; a limit of DynamoDB. */
export const MAX_TRANSACTION_ITEMS = 100;
export const MAX_QUERY_LIMIT = 1_000;
/** The number of values of one `in`; a limit of DynamoDB. */
export const MAX_CONDITION_VALUES = 100;
/** The number of items that a query evaluates before it returns a short page. */
export const MAX_EVALUATED_PER_QUERY = 5_000;
/** The length of a partition or sort key in bytes of UTF-8; four of them must fit into one key of LMDB. */
export const MAX_KEY_PART_BYTES = 400;
