import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** What one asset transaction adds to a holding; nothing but buys and sales does. */
export function quantityChange({ transaction_type, quantity }: AssetTransaction): Decimal {
  if (transaction_type === 'buy') return decimal(quantity);
  return transaction_type === 'sell' ? decimal(quantity).neg() : ZERO;
}

/** One user's holding of one asset against all trades in it. */
export function checkHoldingQuantity(
  holding: StoredOf<'holding'> | undefined,
  trades: readonly StoredOf<'asset transaction'>[],
): Violation[] {
  const net = trades.reduce((sum, { entity }) => sum.plus(quantityChange(entity)), ZERO);
  if (holding && net.eq(holding.entity.quantity)) return [];
  const [trade] = trades;
  if (!holding) {
    const keys = trade ? [assetBalanceRecord.key(trade.entity)] : [];
    return [
      violation('holding-quantity', keys, `Trades come to ${formatDecimal(net)}, but there is no holding.`),
    ];
  }
  const text = `It is ${holding.entity.quantity}, but trades come to ${formatDecimal(net)}.`;
  return [violation('holding-quantity', [holding.key], text)];
}

/**
 * What is held of a holding.
 * @param units what the user's open orders hold of the asset
 */
export function checkHeldUnits({ key, entity }: StoredOf<'holding'>, units: Decimal): Violation[] {
  const { quantity, held_quantity: held } = entity;
  const found: Violation[] = [];
  if (decimal(held).gt(quantity)) {
    found.push(violation('holding-bounds', [key], `${held} is held of ${quantity}.`));
  }
  if (!units.eq(held)) {
    const text = `${held} is held, but open orders hold ${formatDecimal(units)}.`;
    found.push(violation('holding-held', [key], text));
  }
  return found;
}

/** What a holding cost. That it is not below zero is part of its schema. */
export function checkHoldingCost({ key, entity }: StoredOf<'holding'>): Violation[] {
  const isEmpty = decimal(entity.quantity).eq('0');
  if (!isEmpty || decimal(entity.total_invested).eq('0')) return [];
  return [violation('holding-cost', [key], `Nothing is left, yet ${entity.total_invested} is invested.`)];
}
