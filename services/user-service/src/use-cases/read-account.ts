import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import { readAll } from '@cnop/common/dao/read-page';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Balance } from '@cnop/common/entities/user/balance';
import { NotFoundError } from '@cnop/exception/errors';

/** The cash and the positions of one moment. */
export interface Account {
  readonly balance: Balance;
  /** Closed positions included. */
  readonly holdings: readonly StoredAssetBalance[];
}

/**
 * Reads cash and positions in one query. With two queries a trade between them would be counted twice or not at all. In the
 * key order nothing else lies between a user's positions and balance.
 * @throws NotFoundError (404) without an account
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
