import type { Page, PageRequest, Position } from '../../core/pagination.ts';
import type { TableStore } from '../../database/table-store.ts';
import type { AssetTransaction } from '../../entities/asset/asset-transaction.ts';
import { assetTransactionSchema } from '../../entities/asset/asset-transaction.ts';
import { readAll, readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

type AssetTransactionIdentity = Pick<
  AssetTransaction,
  'username' | 'asset_id' | 'timestamp' | 'transaction_id'
>;

export const assetTransactionRecord = defineRecord<AssetTransaction, AssetTransactionIdentity>({
  table: 'users',
  schema: assetTransactionSchema,
  key: (identity) => ({ pk: partitionOf(identity.username, identity.asset_id), sk: sortKeyOf(identity) }),
});

export type AssetTransactionDao = ReturnType<typeof createAssetTransactionDao>;

export function createAssetTransactionDao(store: TableStore) {
  /** A user's movements of one asset, newest first. */
  const getUserAssetTransactions = async (
    username: string,
    asset_id: string,
    page: PageRequest,
  ): Promise<Page<AssetTransaction>> =>
    readPage(
      store,
      { table: 'users', pk: partitionOf(username, asset_id), order: 'descending' },
      page,
      assetTransactionRecord.read,
    );

  return {
    async getAssetTransaction(identity: AssetTransactionIdentity): Promise<AssetTransaction | undefined> {
      return assetTransactionRecord.readIfPresent(await store.get(assetTransactionRecord.key(identity)));
    },

    getUserAssetTransactions,

    /** Every movement of one asset from a moment on, oldest first. */
    async getTradesSince(username: string, asset_id: string, since: string): Promise<AssetTransaction[]> {
      return readAll(
        store,
        { table: 'users', pk: partitionOf(username, asset_id), sk: { from: since }, order: 'ascending' },
        assetTransactionRecord.read,
      );
    },

    /**
     * A user's movements of some assets, newest first over all of them. Sort keys of the partitions compare with each
     * other, so a page is merged from one page of each and needs no index, which every trade would have to pay for.
     * @param assetIds usually those that the user holds or once held
     */
    async getUserTransactions(
      username: string,
      assetIds: readonly string[],
      page: Omit<PageRequest, 'offset'>,
    ): Promise<Page<AssetTransaction>> {
      const pages = await Promise.all(
        assetIds.map((asset_id) => getUserAssetTransactions(username, asset_id, { ...page, offset: 0 })),
      );
      const newestFirst = pages
        .flatMap(({ items }) => items)
        .toSorted((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? 1 : -1));
      const items = newestFirst.slice(0, page.limit);
      const last = items.at(-1);
      const isMore = newestFirst.length > items.length || pages.some(({ next }) => next !== undefined);
      return { items, next: last && isMore ? positionOf(last) : undefined };
    },
  };
}

function positionOf(transaction: AssetTransaction): Position {
  return { pk: partitionOf(transaction.username, transaction.asset_id), sk: sortKeyOf(transaction) };
}

function partitionOf(username: string, asset_id: string): string {
  return `TRANS#${username}#${asset_id}`;
}

/** The design's ISO time, and an id behind it, since two trades may share a millisecond. */
function sortKeyOf({
  timestamp,
  transaction_id,
}: Pick<AssetTransaction, 'timestamp' | 'transaction_id'>): string {
  return `${timestamp}#${transaction_id}`;
}
