import type { AssetId, Username } from '@cnop/common/core/brands';
import { knownOrderId } from '@cnop/common/core/brands';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { orderDocumentRecord } from '@cnop/common/dao/order/order-dao';
import { readAll } from '@cnop/common/dao/read-page';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
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
import { KEYS, SEPARATOR } from '@cnop/common/database/tables';
import type { Stored } from './stored-kinds.ts';
import { indexesOf, readItem } from './stored-kinds.ts';
import type { SuspectGroup } from './suspects.ts';
import { nameOf } from './violation.ts';

/** A part of a store in memory, with everything that the rules compare in it. */
export interface Picture {
  readonly reader: StoreReader;
  /** Whether nothing was written while the part was read, so that it shows one moment. */
  readonly isOneMoment: boolean;
}

/** Reads the suspects of a group again, with everything that belongs to their account. */
export async function takePicture(store: TableStore, { username, keys }: SuspectGroup): Promise<Picture> {
  if (username !== undefined) return takeAccountPicture(store, username, keys);
  const items = createItemSet();
  for (const key of keys) items.add(await readWithNext(store, key));
  await addAssets(store, items);
  return { reader: readerOf(store, items), isOneMoment: true };
}

/**
 * Reads all items of an account. Every commit that changes its money or its orders also changes its balance, so that two
 * readings of the balance with one version show that nothing changed between them.
 */
async function takeAccountPicture(
  store: TableStore,
  username: Username,
  suspects: readonly ItemKey[],
): Promise<Picture> {
  const readVersions = async (): Promise<string> => {
    const guards = await store.batchGet([userRecord.key({ username }), balanceRecord.key({ username })]);
    return guards.map((item) => item?.version).join(' ');
  };
  const before = await readVersions();
  const items = createItemSet();
  const [own, events, listed] = await Promise.all([
    readPartition(store, username),
    readPartition(store, KEYS.users.event.pkPrefix + username),
    readAll(
      store,
      { table: 'orders', index: 'UserOrdersIndex', pk: username, order: 'ascending' },
      ({ key }) => key,
    ),
  ]);
  items.add([...own, ...events]);
  const trades = KEYS.users.assetTransaction.pkPrefix;
  const isTrade = ({ table, pk }: ItemKey): boolean => table === 'users' && pk.startsWith(trades);
  const named = items.stored().flatMap(namedKeys);
  await addItems(store, items, [...listed, ...named, ...suspects.filter((key) => !isTrade(key))]);
  const partitions = new Set([
    ...suspects.filter(isTrade).map(({ pk }) => pk),
    ...assetIdsOf(items).map((assetId) => trades + username + SEPARATOR + assetId),
  ]);
  items.add((await Promise.all([...partitions].map((pk) => readPartition(store, pk)))).flat());
  // An order of a trade may be in no list of the account.
  await addItems(store, items, items.stored().flatMap(namedKeys));
  await addAssets(store, items);
  return { reader: readerOf(store, items), isOneMoment: before === (await readVersions()) };
}

async function readPartition(store: TableStore, pk: string): Promise<Item[]> {
  return readAll(store, { table: 'users', pk, order: 'ascending' }, (item) => item);
}

/** Reads an item, and the candle after it if it is one: only the last candle may be open. */
async function readWithNext(store: TableStore, { table, pk, sk }: ItemKey): Promise<Item[]> {
  const isCandle = pk.startsWith(KEYS.inventory.candle.pkPrefix);
  const range = isCandle ? { from: sk } : { from: sk, to: sk };
  return (await store.query({ table, pk, sk: range, order: 'ascending', limit: 2 })).items.slice();
}

/** Returns the keys of the orders and of the claim that an item names. */
function namedKeys({ kind, entity }: Stored): ItemKey[] {
  const orderOf = (orderId: string | null | undefined): ItemKey[] =>
    orderId ? [orderDocumentRecord.key({ order_id: knownOrderId(orderId) })] : [];
  switch (kind) {
    case 'user':
      return [emailClaimRecord.key(entity)];
    case 'ledger entry':
      return entity.transaction_type === 'order_payment' ? orderOf(entity.reference_id) : [];
    case 'client order claim':
    case 'asset transaction':
      return orderOf(entity.order_id);
    case 'event':
      return orderOf(entity.data.order?.order_id);
    default:
      return [];
  }
}

/** Items in the order in which they were added, each once. */
interface ItemSet {
  add(items: readonly (Item | undefined)[]): void;
  get(key: ItemKey): Item | undefined;
  /** Returns the items that can be read as their kind. */
  stored(): Stored[];
  of(table: TableName): Item[];
}

function createItemSet(): ItemSet {
  const items = new Map<string, Item>();
  return {
    add(added) {
      for (const item of added) if (item && !items.has(nameOf(item.key))) items.set(nameOf(item.key), item);
    },
    get: (key) => items.get(nameOf(key)),
    stored: () =>
      [...items.values()].flatMap((item) => {
        const reading = readItem(item);
        return reading.outcome === 'read' ? [reading.stored] : [];
      }),
    of: (table) => [...items.values()].filter(({ key }) => key.table === table),
  };
}

async function addItems(store: TableStore, items: ItemSet, keys: readonly ItemKey[]): Promise<void> {
  const missing = new Map<string, ItemKey>();
  for (const key of keys) if (!items.get(key)) missing.set(nameOf(key), key);
  const wanted = [...missing.values()];
  for (let start = 0; start < wanted.length; start += MAX_BATCH_GET_ITEMS)
    items.add(await store.batchGet(wanted.slice(start, start + MAX_BATCH_GET_ITEMS)));
}

async function addAssets(store: TableStore, items: ItemSet): Promise<void> {
  const keys = assetIdsOf(items).map((asset_id) => assetRecord.key({ asset_id }));
  await addItems(store, items, keys);
}

function assetIdsOf(items: ItemSet): AssetId[] {
  const ids = items.stored().map(({ entity }) => ('asset_id' in entity ? entity.asset_id : undefined));
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** Reads a picture as a store. An item that is not in it, such as a part of a candle, is read from the store. */
function readerOf(store: TableStore, items: ItemSet): StoreReader {
  return {
    async batchGet(keys) {
      const missing = keys.filter((key) => !items.get(key));
      const others = new Map((await store.batchGet(missing)).map((item, at) => [missing[at], item]));
      return keys.map((key) => items.get(key) ?? others.get(key));
    },
    async *scan(table) {
      yield* items.of(table);
    },
    // Index entries are checked against the whole index.
    async *scanIndex(table, index) {
      yield* items.stored().flatMap((stored) => entryOf(stored, table, index));
    },
  };
}

function entryOf({ key, rewritten }: Stored, table: TableName, index: IndexName): IndexedItem[] {
  const entries: Partial<Record<IndexName, IndexEntry>> = indexesOf(rewritten);
  const entry = entries[index];
  return key.table === table && entry ? [{ key, entry }] : [];
}
