import { randomUUID } from 'node:crypto';
import type { Attributes, Item, ItemContent, ItemKey, TableStore } from '@cnop/common/database/table-store';
import { vi } from 'vitest';

/** A store under test with its own data. */
export interface StoreUnderTest {
  readonly store: TableStore;
  /** Closes the store and opens it again on the same data, like a restart. */
  reopen(): Promise<TableStore>;
  /** Closes the store and removes its data. */
  dispose(): Promise<void>;
}

/** An adapter to test. */
export interface TableStoreContract {
  /** Opens the adapter on empty data. */
  open(): Promise<StoreUnderTest>;
  /** Opens a store with its own data that never retries; only for adapters whose transactions can conflict. */
  openWithoutRetries?: () => Promise<StoreUnderTest>;
}

/** The store that all parts of the suite share; each test uses its own keys. */
export interface ContractContext {
  store(): TableStore;
  reopen(): Promise<void>;
}

/** Returns a unique partition key. */
export function freshPk(): string {
  return `pk-${randomUUID()}`;
}

/** Returns a key in the table of users. */
export function userKey(pk: string, sk: string): ItemKey {
  return { table: 'users', pk, sk };
}

/** Returns a key in the table of orders. */
export function orderKey(pk: string, sk = 'ORDER'): ItemKey {
  return { table: 'orders', pk, sk };
}

/** Creates or replaces one item. */
export async function put(store: TableStore, key: ItemKey, content: ItemContent): Promise<void> {
  await store.transact({ item: key }, () => ({
    writes: [{ kind: 'replace', key, ...content }],
    result: undefined,
  }));
}

/** Deletes one item. */
export async function remove(store: TableStore, key: ItemKey): Promise<void> {
  await store.transact({ item: key }, () => ({ writes: [{ kind: 'delete', key }], result: undefined }));
}

const ITEMS_PER_TRANSACTION = 100;

/** Creates many items, in transactions of the maximum size. */
export async function createAll(
  store: TableStore,
  items: readonly ({ readonly key: ItemKey } & ItemContent)[],
): Promise<void> {
  for (let start = 0; start < items.length; start += ITEMS_PER_TRANSACTION) {
    const writes = items
      .slice(start, start + ITEMS_PER_TRANSACTION)
      .map((item) => ({ kind: 'create' as const, ...item }));
    await store.transact({}, () => ({ writes, result: undefined }));
  }
}

/** Returns the value of a counter item; 0 when it is absent. */
export function counterValue(item: Item | undefined): number {
  return Number(item?.attributes['value'] ?? 0);
}

/** Returns the content of a counter item. */
export function counter(value: number): { attributes: Attributes } {
  return { attributes: { value } };
}

/** Increments a counter in a transaction, and returns its new value. */
export async function increment(store: TableStore, key: ItemKey): Promise<number> {
  return await store.transact({ item: key }, ({ item }) => {
    const value = counterValue(item) + 1;
    return { writes: [{ kind: 'replace', key, ...counter(value) }], result: value };
  });
}

const INDEX_LAG_MILLISECONDS = 10_000;

/** Repeats a check until it passes: on some adapters an index lags behind its table. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: INDEX_LAG_MILLISECONDS, interval: 20 });
}

/** Texts, in the order of their bytes in UTF-8, that JavaScript orders otherwise or that a wrong encoding confuses. */
export const ODD_TEXTS_IN_ORDER: readonly string[] = [
  ' ',
  ' A',
  '!',
  '"quoted"',
  '#',
  '##',
  '#A',
  '%',
  '/',
  '0',
  '10',
  '9',
  'A',
  'A ',
  'A#',
  'AB',
  'A_',
  'A~',
  'B',
  'Z',
  '\\',
  'a',
  '~',
  'é',
  'é#',
  '日本',
  '\uFFFD',
  '😀',
  '😀#',
];
