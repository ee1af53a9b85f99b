import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { showUsd } from './show-usd.ts';

/** What trades in one asset come to. */
export interface TradeSums {
  /** Units bought less units sold; nothing but buys, sales and settlements changes a holding. */
  readonly quantity: Decimal;
  /** USD that the trades say they realised. */
  readonly realized: Decimal;
  /** USD that buys cost less what sales brought, fees included. */
  readonly paid: Decimal;
}

export const NO_TRADES: TradeSums = { quantity: ZERO, realized: ZERO, paid: ZERO };

export function withTrade(sums: TradeSums, trade: AssetTransaction): TradeSums {
  const { transaction_type: type, quantity, total_amount, fees, realized_pnl } = trade;
  const realized = sums.realized.plus(realized_pnl ?? ZERO);
  const fee = fees ?? ZERO;
  if (type === 'buy') {
    const paid = sums.paid.plus(total_amount).plus(fee);
    return { quantity: sums.quantity.plus(quantity), paid, realized };
  }
  if (type === 'sell' || type === 'settlement') {
    const paid = sums.paid.minus(total_amount).plus(fee);
    return { quantity: sums.quantity.minus(quantity), paid, realized };
  }
  return { ...sums, realized };
}

/** What a holding says that its trades must come to, in the words of `tradesText`. */
export function holdingText({ quantity, realized_pnl, total_invested }: StoredAssetBalance): string {
  const realized = decimal(realized_pnl);
  const paid = decimal(total_invested).minus(realized);
  return tradesText({ quantity: decimal(quantity), realized, paid });
}

export function tradesText({ quantity, realized, paid }: TradeSums): string {
  return [quantity, realized, paid].map(formatDecimal).join(' ');
}

/** One user's holding of one asset against all trades in it. */
export function checkHolding(
  holding: StoredOf<'holding'> | undefined,
  trades: readonly StoredOf<'asset transaction'>[],
): Violation[] {
  const sums = trades.reduce((sum, { entity }) => withTrade(sum, entity), NO_TRADES);
  if (!holding) {
    const [trade] = trades;
    const keys = trade ? [assetBalanceRecord.key(trade.entity)] : [];
    const text = `Trades come to ${formatDecimal(sums.quantity)}, but there is no holding.`;
    return [violation('holding-quantity', keys, text)];
  }
  const { quantity, realized_pnl, total_invested } = holding.entity;
  const keys = [holding.key];
  const found: Violation[] = [];
  if (!sums.quantity.eq(quantity)) {
    const text = `It is ${quantity}, but trades come to ${formatDecimal(sums.quantity)}.`;
    found.push(violation('holding-quantity', keys, text));
  }
  if (!sums.realized.eq(realized_pnl)) {
    const text = `It has realised ${realized_pnl}, but its trades ${showUsd(sums.realized)}.`;
    found.push(violation('holding-profit', keys, text));
  }
  const due = decimal(total_invested).minus(sums.paid);
  if (!trades.some(isUntoldSale) && !due.eq(realized_pnl)) {
    const text = `It has realised ${realized_pnl}, but by what trades moved it is ${showUsd(due)}.`;
    found.push(violation('holding-basis', keys, text));
  }
  return found;
}

/** A sale that was stored before sales said what they realised. What it released of the cost is not known any more. */
function isUntoldSale({ entity }: StoredOf<'asset transaction'>): boolean {
  return entity.transaction_type === 'sell' && entity.realized_pnl === null;
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
