import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import { valueHolding } from '@cnop/common/entities/asset/holding-value';
import { InternalError } from '@cnop/exception/errors';
import type { ValuedHolding } from '../domain/portfolio.ts';

/** Holdings at the prices of the moment, in the order they came in. */
export async function valueHoldings(
  assets: AssetDao,
  holdings: readonly StoredAssetBalance[],
): Promise<ValuedHolding[]> {
  const priced = await assets.getAssetsByIds(holdings.map(({ asset_id }) => asset_id));
  return holdings.map((holding) => {
    const asset = priced.get(holding.asset_id);
    if (!asset)
      throw new InternalError(new Error(`a holding of ${holding.asset_id}, which is not in the catalogue`));
    const { name: asset_name, current_price } = asset;
    return { ...valueHolding(holding, current_price), asset_name, current_price };
  });
}
