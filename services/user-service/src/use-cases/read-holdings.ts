import type { AssetBalanceDao } from '@cnop/common/dao/asset/asset-balance-dao';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { NotFoundError } from '@cnop/exception/errors';
import type { ValuedHolding } from '../domain/portfolio.ts';
import { valueHoldings } from './value-holdings.ts';

export interface ReadHoldingsDeps {
  readonly holdings: AssetBalanceDao;
  readonly assets: AssetDao;
}

/**
 * One holding of a user at the current price.
 * @throws NotFoundError (404) when the user never had any of it
 */
export async function readHolding(
  { holdings, assets }: ReadHoldingsDeps,
  { username, assetId }: { readonly username: string; readonly assetId: string },
): Promise<ValuedHolding> {
  const holding = await holdings.getAssetBalance(username, assetId);
  const [valued] = holding ? await valueHoldings(assets, [holding]) : [];
  if (!valued) throw new NotFoundError('The holding');
  return valued;
}

/** Every holding of a user, those that were sold out included, in the order of asset ids. */
export async function readHoldings(
  { holdings, assets }: ReadHoldingsDeps,
  username: string,
): Promise<ValuedHolding[]> {
  return valueHoldings(assets, await holdings.getAllAssetBalances(username));
}
