import type { AssetBalanceDao } from '@cnop/common/dao/asset/asset-balance-dao';
import { NotFoundError } from '@cnop/exception/errors';
import type { ValuedHolding } from '../domain/portfolio.ts';
import type { ValueHoldingsDeps } from './value-holdings.ts';
import { valueHoldings } from './value-holdings.ts';

export interface ReadHoldingsDeps extends ValueHoldingsDeps {
  readonly holdings: AssetBalanceDao;
}

/**
 * Reads one position of a user at the current price.
 * @throws NotFoundError (404) for an unknown asset, and for one that the user never held
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

/** Reads all positions of a user at current prices, closed ones included, by asset id. */
export async function readHoldings(deps: ReadHoldingsDeps, username: string): Promise<ValuedHolding[]> {
  return valueHoldings(deps, await deps.holdings.getAllAssetBalances(username));
}
