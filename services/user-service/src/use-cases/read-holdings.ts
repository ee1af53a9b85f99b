import type { AssetBalanceDao } from '@cnop/common/dao/asset/asset-balance-dao';
import { NotFoundError } from '@cnop/exception/errors';
import type { ValuedHolding } from '../domain/portfolio.ts';
import type { ValueHoldingsDeps } from './value-holdings.ts';
import { valueHoldings } from './value-holdings.ts';

export interface ReadHoldingsDeps extends ValueHoldingsDeps {
  readonly holdings: AssetBalanceDao;
}

/**
 * One holding of a user at the current price.
 * @throws NotFoundError (404) when there is no such asset, or the user never had any of it
 */
export async function readHolding(
  deps: ReadHoldingsDeps,
  { username, assetId }: { readonly username: string; readonly assetId: string },
): Promise<ValuedHolding> {
  const holding = await deps.holdings.getAssetBalance(username, assetId);
  const [valued] = holding ? await valueHoldings(deps, [holding]) : [];
  if (!valued) throw new NotFoundError('The holding');
  return valued;
}

/** Every holding of a user, those that were sold out included, in the order of asset ids. */
export async function readHoldings(deps: ReadHoldingsDeps, username: string): Promise<ValuedHolding[]> {
  return valueHoldings(deps, await deps.holdings.getAllAssetBalances(username));
}
