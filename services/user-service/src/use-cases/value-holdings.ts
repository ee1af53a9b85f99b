import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import { valueHolding } from '@cnop/common/entities/asset/asset-balance';
import type { QuoteBoard } from '@cnop/common/market/quote-board';
import { InternalError } from '@cnop/exception/errors';
import type { ValuedHolding } from '../domain/portfolio.ts';

export interface ValueHoldingsDeps {
  readonly assets: AssetDao;
  readonly quotes: QuoteBoard;
}

/**
 * Values positions at current prices, in the given order. The price is the mid of the latest quote, unless the catalogue has
 * a newer one, as it does where no price feed reaches this process.
 */
export async function valueHoldings(
  { assets, quotes }: ValueHoldingsDeps,
  holdings: readonly StoredAssetBalance[],
): Promise<ValuedHolding[]> {
  const priced = await assets.getAssetsByIds(holdings.map(({ asset_id }) => asset_id));
  return holdings.map((holding) => {
    const asset = priced.get(holding.asset_id);
    if (!asset)
      throw new InternalError(new Error(`a holding of ${holding.asset_id}, which is not in the catalogue`));
    const quote = quotes.latest(asset.asset_id);
    const current_price = quote && quote.at >= asset.last_price_update ? quote.mid : asset.current_price;
    return { ...valueHolding(holding, current_price), asset_name: asset.name, current_price };
  });
}
