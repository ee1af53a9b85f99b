import type { Username } from '@cnop/common/core/brands';
import { knownOrderId } from '@cnop/common/core/brands';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { orderDocumentRecord } from '@cnop/common/dao/order/order-dao';
import { readAll } from '@cnop/common/dao/read-page';
import { stakeHistoryPartition } from '@cnop/common/dao/staking/staking-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import type { Item, ItemKey, SortKeyRange, TableStore } from '@cnop/common/database/table-store';
import { KEYS, SEPARATOR } from '@cnop/common/database/tables';
import type { TransactionType } from '@cnop/common/entities/user/balance-transaction';
import type { ItemSet } from './item-set.ts';
import { createItemSet } from './item-set.ts';
import { markerKeyOf } from './rules/payments.ts';
import { otherEntryKey, otherMovementKey } from './rules/transfers.ts';
import type { Stored } from './stored-kinds.ts';
import type { SuspectGroup } from './suspects.ts';

/** A part of a store in memory, with everything that the rules compare in it. */
export interface Picture {
  readonly items: ItemSet;
  /** Whether nothing was written while the part was read, so that it shows one moment. */
  readonly isOneMoment: boolean;
}

/**
 * Reads the suspects of a group again, with everything that belongs to their account.
 * @param last the last picture of the group, if something was written meanwhile: only what may have changed is read again,
 *   which takes so little time that an account with regular orders can be seen at one moment
 */
export async function takePicture(
  store: TableStore,
  { username, keys }: SuspectGroup,
  last?: Picture,
): Promise<Picture> {
  if (username !== undefined) return takeAccountPicture(store, { username, keys }, last?.items.history());
  const items = createItemSet(store);
  for (const key of keys) items.add(await readWithNext(store, key));
  await readAssets(items);
  return { items, isOneMoment: true };
}

/**
 * Reads all items of an account. Every commit that changes its money or its orders also changes its balance, so that two
 * readings of the balance with one version show that nothing changed between them.
 */
async function takeAccountPicture(
  store: TableStore,
  { username, keys }: SuspectGroup & { readonly username: Username },
  history?: ItemSet,
): Promise<Picture> {
  const readVersions = async (): Promise<string> => {
    const guards = await store.batchGet([userRecord.key({ username }), balanceRecord.key({ username })]);
    return guards.map((item) => item?.version).join(' ');
  };
  const before = await readVersions();
  const items = history ?? createItemSet(store);
  const ledger = KEYS.users.ledgerEntry.skPrefix;
  const eventsPk = KEYS.users.event.pkPrefix + username;
  const parts = await Promise.all([
    readRange(store, username, { to: ledger }),
    readRange(store, username, { from: items.lastSortKey(username, ledger) ?? ledger }),
    readRange(store, eventsPk, { from: items.lastSortKey(eventsPk) ?? '' }),
  ]);
  // A later order is named by its event.
  const listed = history ? [] : await listOrders(store, username);
  items.add(parts.flat());
  const isTrade = ({ pk }: ItemKey): boolean => pk.startsWith(KEYS.users.assetTransaction.pkPrefix);
  await items.readMissing([...listed, ...namedKeys(items), ...keys.filter((key) => !isTrade(key))]);
  const prefix = KEYS.users.assetTransaction.pkPrefix + username + SEPARATOR;
  const partitions = new Set([
    ...keys.filter(isTrade).map(({ pk }) => pk),
    ...items.assetIds().map((assetId) => prefix + assetId),
  ]);
  const trades = [...partitions].map((pk) => readRange(store, pk, tradesAfter(items.lastSortKey(pk))));
  items.add((await Promise.all(trades)).flat());
  const stakes = items.stored().flatMap(({ kind, entity }) => (kind === 'stake' ? entity.asset_id : []));
  const steps = new Set([
    ...keys.flatMap(({ pk }) => (pk.startsWith(KEYS.users.stakeEntry.pkPrefix) ? [pk] : [])),
    ...stakes.map((assetId) => stakeHistoryPartition(username, assetId)),
  ]);
  items.add((await Promise.all([...steps].map((pk) => readRange(store, pk, {})))).flat());
  if (steps.size > 0) items.add(await readRates(store));
  // An order of a trade may be in no list of the account.
  await items.readMissing(namedKeys(items));
  await readAssets(items);
  return { items, isOneMoment: before === (await readVersions()) };
}

async function readRange(store: TableStore, pk: string, sk: SortKeyRange): Promise<Item[]> {
  return readAll(store, { table: 'users', pk, sk, order: 'ascending' }, (item) => item);
}

async function readRates(store: TableStore): Promise<Item[]> {
  const { pk } = KEYS.inventory.stakingRate;
  return readAll(store, { table: 'inventory', pk, order: 'ascending' }, (item) => item);
}

async function listOrders(store: TableStore, username: Username): Promise<ItemKey[]> {
  const list = { table: 'orders', index: 'UserOrdersIndex', pk: username, order: 'ascending' } as const;
  return readAll(store, list, ({ key }) => key);
}

/** The difference that the clocks of two instances may have, with reserve. */
const CLOCK_DIFFERENCE_MILLISECONDS = 5 * 60_000;

/** Returns the range of the trades that may have followed one. Their keys begin with the time of the instance. */
function tradesAfter(lastSortKey: string | undefined): SortKeyRange {
  const time = Date.parse(lastSortKey?.split(SEPARATOR)[0] ?? '');
  return { from: Number.isNaN(time) ? '' : new Date(time - CLOCK_DIFFERENCE_MILLISECONDS).toISOString() };
}

/** Reads an item, and the candle after it if it is one: only the last candle may be open. */
async function readWithNext(store: TableStore, { table, pk, sk }: ItemKey): Promise<readonly Item[]> {
  const isCandle = pk.startsWith(KEYS.inventory.candle.pkPrefix);
  const range = isCandle ? { from: sk } : { from: sk, to: sk };
  return (await store.query({ table, pk, sk: range, order: 'ascending', limit: 2 })).items;
}

async function readAssets(items: ItemSet): Promise<void> {
  await items.readMissing(items.assetIds().map((asset_id) => assetRecord.key({ asset_id })));
}

/** Returns whether an item of a picture belongs to another account, which has the other side of a transfer. */
export function isOtherSide({ username }: SuspectGroup, { table, pk, sk }: ItemKey): boolean {
  if (username === undefined || table !== 'users' || pk === username) return false;
  const trades = KEYS.users.assetTransaction.pkPrefix;
  return pk.startsWith(trades)
    ? !pk.startsWith(trades + username + SEPARATOR)
    : sk.startsWith(KEYS.users.ledgerEntry.skPrefix);
}

/** Returns the keys of all items that items name: orders, claims, other sides of transfers, targets, markers of payments. */
function namedKeys(items: ItemSet): ItemKey[] {
  return items.stored().flatMap(keysNamedBy);
}

/** The types of ledger entries whose reference is an order. */
const ORDER_PAYMENTS: ReadonlySet<TransactionType> = new Set(['order_payment', 'order_refund']);

function keysNamedBy({ kind, entity }: Stored): ItemKey[] {
  const orderOf = (orderId: string | null | undefined): ItemKey[] =>
    orderId ? [orderDocumentRecord.key({ order_id: knownOrderId(orderId) })] : [];
  switch (kind) {
    case 'user':
      return [emailClaimRecord.key(entity)];
    case 'ledger entry': {
      if (entity.transaction_type !== 'transfer')
        return ORDER_PAYMENTS.has(entity.transaction_type) ? orderOf(entity.reference_id) : [];
      const key = otherEntryKey(entity);
      return key ? [key] : [];
    }
    case 'asset transaction': {
      const key = entity.transaction_type === 'transfer' ? otherMovementKey(entity) : undefined;
      return key ? [key] : orderOf(entity.order_id);
    }
    case 'payment': {
      const marker = markerKeyOf(entity);
      return marker ? [marker] : [];
    }
    case 'client order claim':
      return orderOf(entity.order_id);
    case 'event':
      return orderOf(entity.data.order?.order_id);
    case 'target allocation':
      return entity.assets.map(({ asset_id }) => assetRecord.key({ asset_id }));
    default:
      return [];
  }
}
