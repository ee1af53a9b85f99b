import type { Page, PageRequest } from '../../core/pagination.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import type { StoredAssetBalance } from '../../entities/asset/asset-balance.ts';
import { storedAssetBalanceSchema } from '../../entities/asset/asset-balance.ts';
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
    async getAssetBalance(username: string, asset_id: string): Promise<StoredAssetBalance | undefined> {
      return assetBalanceRecord.readIfPresent(
        await store.get(assetBalanceRecord.key({ username, asset_id })),
      );
    },

    /** Returns all positions of a user, by asset id, also those of quantity 0. */
    async getAllAssetBalances(username: string): Promise<StoredAssetBalance[]> {
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
    async getAllBalancesForAsset(asset_id: string, page: PageRequest): Promise<Page<StoredAssetBalance>> {
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
