import type { AssetId, IsoTime, Username } from '../../core/brands.ts';
import type { Page, PageRequest, Position } from '../../core/pagination.ts';
import type { TableStore } from '../../database/table-store.ts';
import { AFTER_EVERY_ID, KEYS, SEPARATOR } from '../../database/tables.ts';
import type { StoredAssetBalance } from '../../entities/asset/asset-balance.ts';
import { storedAssetBalanceSchema } from '../../entities/asset/asset-balance.ts';
import type { AssetTransaction } from '../../entities/asset/asset-transaction.ts';
import { assetTransactionSchema } from '../../entities/asset/asset-transaction.ts';
import { houseAsset, LEDGER_ACCOUNTS } from '../../entities/user/balance-rules.ts';
import type { Period } from '../read-page.ts';
import { readAll, readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** The record of positions. */
export const assetBalanceRecord = defineRecord<
  StoredAssetBalance,
  Pick<StoredAssetBalance, 'username' | 'asset_id'>
>({
  table: 'users',
  schema: storedAssetBalanceSchema,
  key: ({ username, asset_id }) => ({ pk: username, sk: KEYS.users.assetBalance.skPrefix + asset_id }),
  indexes: ({ username, asset_id }) => ({ AssetIndex: { pk: asset_id, sk: username } }),
});

export type AssetBalanceDao = ReturnType<typeof createAssetBalanceDao>;

/** Creates the DAO of positions. It only reads: a position changes with its trade and its cash, in a commit of a use case. */
export function createAssetBalanceDao(store: TableStore) {
  return {
    /** Returns a user's position in an asset; undefined when there never was one. */
    async getAssetBalance(username: Username, asset_id: AssetId): Promise<StoredAssetBalance | undefined> {
      return assetBalanceRecord.readIfPresent(
        await store.get(assetBalanceRecord.key({ username, asset_id })),
      );
    },

    /** Returns all positions of a user, by asset id, also those of quantity 0. */
    async getAllAssetBalances(username: Username): Promise<StoredAssetBalance[]> {
      return readAll(
        store,
        {
          table: 'users',
          pk: username,
          sk: { prefix: KEYS.users.assetBalance.skPrefix },
          order: 'ascending',
        },
        assetBalanceRecord.read,
      );
    },

    /** Lists the positions in an asset, also those of quantity 0. Reads the items themselves, since an index may lag. */
    async getAllBalancesForAsset(asset_id: AssetId, page: PageRequest): Promise<Page<StoredAssetBalance>> {
      const holders = await readPage(
        store,
        { table: 'users', index: 'AssetIndex', pk: asset_id, order: 'ascending' },
        page,
        (item) => item.key,
      );
      const holdings = await store.batchGet(holders.items);
      return {
        items: holdings.flatMap((item) => (item ? [assetBalanceRecord.read(item)] : [])),
        next: holders.next,
      };
    },
  };
}

/** The fewest trades of one asset that a list over several assets reads at once. */
const MIN_MERGED_TRADES = 10;

type AssetTransactionIdentity = Pick<
  AssetTransaction,
  'username' | 'asset_id' | 'timestamp' | 'transaction_id'
>;

const earlierTradeSchema = assetTransactionSchema.pick({ transaction_type: true, asset_id: true });

export const assetTransactionRecord = defineRecord<AssetTransaction, AssetTransactionIdentity>({
  table: 'users',
  schema: assetTransactionSchema,
  key: (identity) => ({ pk: partitionOf(identity.username, identity.asset_id), sk: sortKeyOf(identity) }),
  complete: (attributes) => {
    const trade = earlierTradeSchema.safeParse(attributes);
    if (!trade.success) return attributes;
    const { transaction_type, asset_id } = trade.data;
    const counterpart = transaction_type === 'settlement' ? LEDGER_ACCOUNTS.settlement : houseAsset(asset_id);
    return { counterpart, ...attributes };
  },
});

/** The transactions of one position, in the order of their times. */
interface TransactionList {
  readonly username: Username;
  readonly asset_id: AssetId;
  readonly order: 'ascending' | 'descending';
}

export type AssetTransactionDao = ReturnType<typeof createAssetTransactionDao>;

/**
 * Creates the DAO of asset transactions: the trades and other movements of a user's positions. It only reads: a trade is
 * stored with its position and its cash, in a commit of a use case.
 */
export function createAssetTransactionDao(store: TableStore) {
  const listTransactions = async (
    { username, asset_id, order }: TransactionList,
    page: PageRequest,
    { from, to }: Period,
  ): Promise<Page<AssetTransaction>> =>
    readPage(
      store,
      {
        table: 'users',
        pk: partitionOf(username, asset_id),
        ...((from ?? to) !== undefined && { sk: { from: from ?? '', to: (to ?? '') + AFTER_EVERY_ID } }),
        order,
      },
      page,
      assetTransactionRecord.read,
    );

  /** Lists a user's transactions in one asset, newest first. */
  const getUserAssetTransactions = async (
    username: Username,
    asset_id: AssetId,
    page: PageRequest,
    period: Period = {},
  ): Promise<Page<AssetTransaction>> =>
    listTransactions({ username, asset_id, order: 'descending' }, page, period);

  return {
    /**
     * Returns an asset transaction; undefined when it does not exist. To be used by
     * `GET /admin/users/{username}/trades/{transaction_id}`, with which staff examine a trade.
     */
    async getAssetTransaction(identity: AssetTransactionIdentity): Promise<AssetTransaction | undefined> {
      return assetTransactionRecord.readIfPresent(await store.get(assetTransactionRecord.key(identity)));
    },

    getUserAssetTransactions,

    /** Lists a user's transactions in one asset, oldest first, to follow its history. */
    async getAssetHistory(
      { username, asset_id }: Omit<TransactionList, 'order'>,
      page: PageRequest,
      period: Period = {},
    ): Promise<Page<AssetTransaction>> {
      return listTransactions({ username, asset_id, order: 'ascending' }, page, period);
    },

    /** Returns all of a user's transactions in one asset from a time on, oldest first. */
    async getTradesSince(username: Username, asset_id: AssetId, since: IsoTime): Promise<AssetTransaction[]> {
      return readAll(
        store,
        { table: 'users', pk: partitionOf(username, asset_id), sk: { from: since }, order: 'ascending' },
        assetTransactionRecord.read,
      );
    },

    /**
     * Lists a user's transactions in several assets, newest first. Merges the partitions by their sort keys, which saves
     * an index that every trade would have to write.
     * @param assetIds usually the assets that the user holds or once held
     */
    async getUserTransactions(
      username: Username,
      assetIds: readonly AssetId[],
      { limit, after }: Omit<PageRequest, 'offset'>,
      period: Period = {},
    ): Promise<Page<AssetTransaction>> {
      const chunk = Math.max(MIN_MERGED_TRADES, Math.ceil((2 * limit) / Math.max(assetIds.length, 1)));
      const request = { limit: Math.min(chunk, limit), offset: 0, after };
      const sources = await Promise.all(
        assetIds.map(async (asset_id): Promise<MergedSource> => {
          const read = (page: PageRequest) => getUserAssetTransactions(username, asset_id, page, period);
          return { read, ...(await read(request)), shown: 0 };
        }),
      );
      const items = await mergeNewest(sources, limit + 1);
      const last = items[limit - 1];
      return items.length > limit && last
        ? { items: items.slice(0, limit), next: positionOf(last) }
        : { items, next: undefined };
    },
  };
}

/** The transactions in one asset during a merge: the current page, and the number of its items already taken. */
interface MergedSource extends Page<AssetTransaction> {
  readonly read: (request: PageRequest) => Promise<Page<AssetTransaction>>;
  items: readonly AssetTransaction[];
  next: Position | undefined;
  shown: number;
}

/** Takes the newest item of all sources until there are enough, and reads the next page of an exhausted source. */
async function mergeNewest(sources: readonly MergedSource[], count: number): Promise<AssetTransaction[]> {
  const merged: AssetTransaction[] = [];
  while (merged.length < count) {
    let newest: MergedSource | undefined;
    for (const source of sources) {
      if (source.shown === source.items.length && source.next) await readOn(source);
      const head = source.items[source.shown];
      const best = newest?.items[newest.shown];
      if (head && (!best || sortKeyOf(head) > sortKeyOf(best))) newest = source;
    }
    const taken = newest?.items[newest.shown];
    if (!newest || !taken) break;
    newest.shown += 1;
    merged.push(taken);
  }
  return merged;
}

async function readOn(source: MergedSource): Promise<void> {
  const page = await source.read({ limit: source.items.length, offset: 0, after: source.next });
  Object.assign(source, page, { shown: 0 });
}

function positionOf(transaction: AssetTransaction): Position {
  return { pk: partitionOf(transaction.username, transaction.asset_id), sk: sortKeyOf(transaction) };
}

function partitionOf(username: Username, asset_id: AssetId): string {
  return KEYS.users.assetTransaction.pkPrefix + username + SEPARATOR + asset_id;
}

/** Returns the time and the id of a transaction: two trades may share a millisecond. */
function sortKeyOf({
  timestamp,
  transaction_id,
}: Pick<AssetTransaction, 'timestamp' | 'transaction_id'>): string {
  return timestamp + SEPARATOR + transaction_id;
}
