import type { Stored } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import type { AssetScales } from './asset-scale.ts';
import { checkAssetPrice, checkListed, checkQuantity } from './asset-scale.ts';
import { checkCandle } from './candle.ts';
import { checkEventData } from './event.ts';
import { checkHoldingCost } from './holding.ts';
import { checkOrderLife } from './order-life.ts';
import { checkOrderTerms } from './order-terms.ts';
import { checkOrderTrigger } from './order-trigger.ts';
import { checkSettledPosition, checkSettlement } from './settlement.ts';
import { checkTradeAmount } from './trade.ts';

/** What can be said of an item without looking at others but its asset. */
export function checkAlone(stored: Stored, catalogue: ReadonlyMap<string, AssetScales>): Violation[] {
  switch (stored.kind) {
    case 'asset':
      return checkAssetPrice(stored.key, stored.entity);
    case 'order':
      return [
        ...checkOrderLife(stored),
        ...checkOrderTerms(stored),
        ...checkOrderTrigger(stored),
        ...checkScale(stored, catalogue),
      ];
    case 'event':
      return checkEventData(stored);
    case 'candle':
      return checkCandle(stored);
    case 'holding':
      return [
        ...checkHoldingCost(stored),
        ...checkScale(stored, catalogue),
        ...checkSettledPosition(stored, catalogue.get(stored.entity.asset_id)),
      ];
    case 'asset transaction':
      return [
        ...checkTradeAmount(stored),
        ...checkScale(stored, catalogue),
        ...checkSettlement(stored, catalogue.get(stored.entity.asset_id)),
      ];
    case 'price peak':
    case 'trigger checkpoint':
      return checkListed(stored.key, stored.entity.asset_id, catalogue);
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
