import type { Stored } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import type { AssetScales } from './asset-scale.ts';
import { checkAssetPrice, checkQuantity } from './asset-scale.ts';
import { checkHoldingCost } from './holding.ts';
import { checkOrder } from './order-life.ts';
import { checkTradeAmount } from './trade.ts';

/** What can be said of an item without looking at others but its asset. */
export function checkAlone(stored: Stored, catalogue: ReadonlyMap<string, AssetScales>): Violation[] {
  switch (stored.kind) {
    case 'asset':
      return checkAssetPrice(stored.key, stored.entity);
    case 'order':
      return [...checkOrder(stored), ...checkScale(stored, catalogue)];
    case 'holding':
      return [...checkHoldingCost(stored), ...checkScale(stored, catalogue)];
    case 'asset transaction':
      return [...checkTradeAmount(stored), ...checkScale(stored, catalogue)];
    default:
      return [];
  }
}

function checkScale(
  { key, entity }: Extract<Stored, { readonly kind: 'order' | 'holding' | 'asset transaction' }>,
  catalogue: ReadonlyMap<string, AssetScales>,
): Violation[] {
  return checkQuantity(key, entity, catalogue.get(entity.asset_id));
}
