import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import { readAll } from '@cnop/common/dao/read-page';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Balance } from '@cnop/common/entities/user/balance';
import { NotFoundError } from '@cnop/exception/errors';

export interface Account {
  readonly balance: Balance;
  /** Those that were sold out included. */
  readonly holdings: readonly StoredAssetBalance[];
}

/**
 * Cash and holdings in one query: of two, the second would see a trade that the first did not, and money would be
 * counted twice or not at all. Nothing else sorts between a user's holdings and balance.
 * @throws NotFoundError (404)
 */
export async function readAccount(store: TableStore, username: string): Promise<Account> {
  const firstHolding = assetBalanceRecord.key({ username, asset_id: '' });
  const last = balanceRecord.key({ username });
  const items = await readAll<Item>(
    store,
    { table: 'users', pk: username, sk: { from: firstHolding.sk, to: last.sk }, order: 'ascending' },
    (item) => item,
  );
  const balance = balanceRecord.readIfPresent(items.find((item) => item.key.sk === last.sk));
  if (!balance) throw new NotFoundError('The account');
  return { balance, holdings: items.filter((item) => item.key.sk !== last.sk).map(assetBalanceRecord.read) };
}
