import type { Clock } from '@cnop/common/core/clock';
import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import { readAll } from '@cnop/common/dao/read-page';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import { NotFoundError } from '@cnop/exception/errors';
import type { Portfolio } from '../domain/portfolio.ts';
import { summarizePortfolio } from '../domain/portfolio.ts';
import type { ValueHoldingsDeps } from './value-holdings.ts';
import { valueHoldings } from './value-holdings.ts';

export interface ReadPortfolioDeps extends ValueHoldingsDeps {
  readonly store: TableStore;
  readonly clock: Clock;
}

/**
 * What a user has, at current prices.
 * @throws NotFoundError (404)
 */
export async function readPortfolio(deps: ReadPortfolioDeps, username: string): Promise<Portfolio> {
  const { balance, holdings } = await readAccount(deps.store, username);
  const valued = await valueHoldings(deps, holdings);
  return summarizePortfolio(balance, valued, deps.clock.now().toISOString());
}

/**
 * Cash and holdings in one query: of two, the second would see a trade that the first did not, and money would be
 * counted twice or not at all. Nothing else sorts between a user's holdings and balance.
 */
async function readAccount(store: TableStore, username: string) {
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
