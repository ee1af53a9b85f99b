import { randomUUID } from 'node:crypto';
import type { Attributes, Item, ItemContent, ItemKey, TableStore } from '@cnop/common/database/table-store';
import { vi } from 'vitest';

/** An adapter under test, on data of its own. */
export interface StoreUnderTest {
  readonly store: TableStore;
  /** Closes the store and opens it again on the same data, as a restart would. */
  reopen(): Promise<TableStore>;
  /** Closes the store and removes its data. */
  dispose(): Promise<void>;
}

export interface TableStoreContract {
  /** Opens the adapter on empty data. */
  open(): Promise<StoreUnderTest>;
  /** For an adapter whose transactions can conflict: opens one, on data of its own, that never tries twice. */
  openWithoutRetries?: () => Promise<StoreUnderTest>;
}

/** What the parts of the suite share: one store, whose data they keep apart by the keys they use. */
export interface ContractContext {
  store(): TableStore;
  reopen(): Promise<void>;
}

/** A partition that no other test uses. */
export function freshPk(): string {
  return `pk-${randomUUID()}`;
}

export function userKey(pk: string, sk: string): ItemKey {
  return { table: 'users', pk, sk };
}

export function orderKey(pk: string, sk = 'ORDER'): ItemKey {
  return { table: 'orders', pk, sk };
}

/** Creates one item, or replaces it. */
export async function put(store: TableStore, key: ItemKey, content: ItemContent): Promise<void> {
  await store.transact({ item: key }, () => ({
    writes: [{ kind: 'replace', key, ...content }],
    result: undefined,
  }));
}

export async function remove(store: TableStore, key: ItemKey): Promise<void> {
  await store.transact({ item: key }, () => ({ writes: [{ kind: 'delete', key }], result: undefined }));
}

const ITEMS_PER_TRANSACTION = 100;

/** Creates many items, as many as fit into one transaction at a time. */
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

/** The number that a counter item holds; 0 when there is none. */
export function counterValue(item: Item | undefined): number {
  return Number(item?.attributes['value'] ?? 0);
}

export function counter(value: number): { attributes: Attributes } {
  return { attributes: { value } };
}

/** Adds one to a counter, as every change of money is done: read, decide, commit. */
export async function increment(store: TableStore, key: ItemKey): Promise<number> {
  return await store.transact({ item: key }, ({ item }) => {
    const value = counterValue(item) + 1;
    return { writes: [{ kind: 'replace', key, ...counter(value) }], result: value };
  });
}

const INDEX_LAG_MILLISECONDS = 10_000;

/** Tries until it passes: on some adapters an index follows its table with a delay. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: INDEX_LAG_MILLISECONDS, interval: 20 });
}

/** Texts whose order by bytes of UTF-8 differs from that of JavaScript, or that a careless encoding would mix up. */
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
