import type { Page, PageRequest } from '../../core/pagination.ts';
import type { TableStore } from '../../database/table-store.ts';
import type { AssetTransaction } from '../../entities/asset/asset-transaction.ts';
import { assetTransactionSchema } from '../../entities/asset/asset-transaction.ts';
import { readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

type AssetTransactionIdentity = Pick<
  AssetTransaction,
  'username' | 'asset_id' | 'timestamp' | 'transaction_id'
>;

export const assetTransactionRecord = defineRecord<AssetTransaction, AssetTransactionIdentity>({
  table: 'users',
  schema: assetTransactionSchema,
  key: (identity) => ({ pk: partitionOf(identity.username, identity.asset_id), sk: sortKeyOf(identity) }),
  indexes: (transaction) => ({
    UserTransactionsIndex: { pk: transaction.username, sk: sortKeyOf(transaction) },
  }),
});

export type AssetTransactionDao = ReturnType<typeof createAssetTransactionDao>;

export function createAssetTransactionDao(store: TableStore) {
  return {
    async getAssetTransaction(identity: AssetTransactionIdentity): Promise<AssetTransaction | undefined> {
      return assetTransactionRecord.readIfPresent(await store.get(assetTransactionRecord.key(identity)));
    },

    /** A user's movements of one asset, newest first. */
    async getUserAssetTransactions(
      username: string,
      asset_id: string,
      page: PageRequest,
    ): Promise<Page<AssetTransaction>> {
      return readPage(
        store,
        { table: 'users', pk: partitionOf(username, asset_id), order: 'descending' },
        page,
        assetTransactionRecord.read,
      );
    },

    /** A user's movements of all assets, newest first. */
    async getUserTransactions(username: string, page: PageRequest): Promise<Page<AssetTransaction>> {
      return readPage(
        store,
        { table: 'users', index: 'UserTransactionsIndex', pk: username, order: 'descending' },
        page,
        assetTransactionRecord.read,
      );
    },
  };
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
