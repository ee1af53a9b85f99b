import type { AssetId, Price, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { formatQuantity } from '@cnop/common/core/money';
import { assetBalanceRecord } from '@cnop/common/dao/asset/position-dao';
import { readAll } from '@cnop/common/dao/read-page';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import { KEYS } from '@cnop/common/database/tables';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import { valueHolding } from '@cnop/common/entities/asset/asset-balance';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Balance } from '@cnop/common/entities/user/balance';
import { availableUnits } from '@cnop/common/trading/holds';
import { InternalError, NotFoundError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { Portfolio, ValuedHolding } from '../domain/portfolio.ts';
import { summarizePortfolio } from '../domain/portfolio.ts';

type ReadPortfolioDeps = ValueHoldingsDeps & Pick<UserDependencies, 'store' | 'clock'>;

/**
 * Reads a user's cash and positions at current prices.
 * @throws NotFoundError (404) without an account
 */
export async function readPortfolio(deps: ReadPortfolioDeps, username: Username): Promise<Portfolio> {
  const { balance, holdings } = await readAccount(deps.store, username);
  const valued = await valueHoldings(deps, holdings);
  return summarizePortfolio(balance, valued, isoTime(deps.clock.now()));
}

type ReadHoldingsDeps = ValueHoldingsDeps & Pick<UserDependencies, 'holdings'>;

/**
 * Reads one position of a user at the current price.
 * @throws NotFoundError (404) for an unknown asset, and for one that the user never held
 */
export async function readHolding(
  deps: ReadHoldingsDeps,
  { username, assetId }: { readonly username: Username; readonly assetId: AssetId },
): Promise<ValuedHolding> {
  const holding = await deps.holdings.getAssetBalance(username, assetId);
  const [valued] = holding ? await valueHoldings(deps, [holding]) : [];
  if (!valued) throw new NotFoundError('The holding');
  return valued;
}

/** Reads all positions of a user at current prices, closed ones included, by asset id. */
export async function readHoldings(deps: ReadHoldingsDeps, username: Username): Promise<ValuedHolding[]> {
  return valueHoldings(deps, await deps.holdings.getAllAssetBalances(username));
}

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
export async function readAccount(store: TableStore, username: Username): Promise<Account> {
  const last = balanceRecord.key({ username });
  const items = await readAll<Item>(
    store,
    {
      table: 'users',
      pk: username,
      sk: { from: KEYS.users.assetBalance.skPrefix, to: last.sk },
      order: 'ascending',
    },
    (item) => item,
  );
  const balance = balanceRecord.readIfPresent(items.find((item) => item.key.sk === last.sk));
  if (!balance) throw new NotFoundError('The account');
  return { balance, holdings: items.filter((item) => item.key.sk !== last.sk).map(assetBalanceRecord.read) };
}

/**
 * Returns the current price of an asset: the mid of the latest quote, unless the catalogue has a newer one, as it does where
 * no price feed reaches this process.
 */
export function presentPrice(
  asset: Pick<Asset, 'asset_id' | 'current_price' | 'last_price_update'>,
  quotes: UserDependencies['quotes'],
): Price {
  const quote = quotes.latest(asset.asset_id);
  return quote && quote.at >= asset.last_price_update ? quote.mid : asset.current_price;
}

export type ValueHoldingsDeps = Pick<UserDependencies, 'assets' | 'quotes'>;

/** Values positions at current prices, in the given order. */
export async function valueHoldings(
  { assets, quotes }: ValueHoldingsDeps,
  holdings: readonly StoredAssetBalance[],
): Promise<ValuedHolding[]> {
  const priced = await assets.getAssetsByIds(holdings.map(({ asset_id }) => asset_id));
  return holdings.map((holding) => {
    const asset = priced.get(holding.asset_id);
    if (!asset)
      throw new InternalError(new Error(`a holding of ${holding.asset_id}, which is not in the catalogue`));
    const current_price = presentPrice(asset, quotes);
    return {
      ...valueHolding(holding, current_price),
      asset_name: asset.name,
      current_price,
      available_quantity: formatQuantity(availableUnits(holding)),
    };
  });
}
