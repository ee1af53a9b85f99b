import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import { assetBalanceRecord } from '@cnop/common/dao/asset/position-dao';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { showUsd } from './order-basics.ts';

/** The sums of all trades of one position. */
export interface TradeSums {
  /** Units bought or received less units sold, settled or sent, and refunds. */
  readonly quantity: Decimal;
  /** The realised profit of the trades, in USD. */
  readonly realized: Decimal;
  /** The cost of buys less the proceeds of sales, fees included, and the cost that came and went with units; in USD. */
  readonly paid: Decimal;
  /** The value of transferred units above their cost, received less sent, in USD. */
  readonly transferred: Decimal;
}

export const NO_TRADES: TradeSums = { quantity: ZERO, realized: ZERO, paid: ZERO, transferred: ZERO };

/** Adds a trade to the sums of its position. */
export function withTrade(sums: TradeSums, trade: AssetTransaction): TradeSums {
  const { transaction_type: type, quantity, total_amount, fees, realized_pnl } = trade;
  const realized = sums.realized.plus(realized_pnl ?? ZERO);
  const fee = fees ?? ZERO;
  if (type === 'buy') {
    const paid = sums.paid.plus(total_amount).plus(fee);
    return { ...sums, quantity: sums.quantity.plus(quantity), paid, realized };
  }
  if (type === 'sell' || type === 'settlement') {
    const paid = sums.paid.minus(total_amount).plus(fee);
    return { ...sums, quantity: sums.quantity.minus(quantity), paid, realized };
  }
  if (type === 'buy_refund') {
    const paid = sums.paid.minus(total_amount).minus(fee);
    return { ...sums, quantity: sums.quantity.minus(quantity), paid, realized };
  }
  if (type === 'sell_refund') {
    const paid = sums.paid.plus(total_amount).minus(fee);
    return { ...sums, quantity: sums.quantity.plus(quantity), paid, realized };
  }
  return withMovement({ ...sums, realized }, trade);
}

/** Adds units that moved without cash. */
function withMovement(sums: TradeSums, movement: AssetTransaction): TradeSums {
  const sign = movement.direction === 'out' ? '-1' : '1';
  const cost = decimal(movement.cost ?? '0').times(sign);
  const value = decimal(movement.total_amount).times(sign);
  const isTransfer = movement.transaction_type === 'transfer';
  return {
    ...sums,
    quantity: sums.quantity.plus(decimal(movement.quantity).times(sign)),
    paid: sums.paid.plus(cost),
    transferred: isTransfer ? sums.transferred.plus(value).minus(cost) : sums.transferred,
  };
}

/** Returns the sums that a position implies, in the words of `tradesText`. */
export function holdingText(holding: StoredAssetBalance): string {
  const realized = decimal(holding.realized_pnl);
  return tradesText({
    quantity: decimal(holding.quantity),
    realized,
    paid: decimal(holding.total_invested).minus(realized),
    transferred: decimal(holding.transferred_gain ?? '0'),
  });
}

/** Returns the sums of the trades of a position as a statement. */
export function tradesText({ quantity, realized, paid, transferred }: TradeSums): string {
  return [quantity, realized, paid, transferred].map(formatDecimal).join(' ');
}

/** Compares a position with the sums of its trades. */
export function checkHolding(
  holding: StoredOf<'holding'> | undefined,
  trades: readonly StoredOf<'asset transaction'>[],
): Violation[] {
  const sums = trades.reduce((sum, { entity }) => withTrade(sum, entity), NO_TRADES);
  if (!holding) {
    const [trade] = trades;
    const keys = trade ? [assetBalanceRecord.key(trade.entity)] : [];
    const text = `Trades sum up to ${formatDecimal(sums.quantity)}, but there is no position.`;
    return [violation('holding-quantity', keys, text)];
  }
  const { quantity, realized_pnl, total_invested } = holding.entity;
  const keys = [holding.key];
  const found: Violation[] = [];
  if (!sums.quantity.eq(quantity)) {
    const text = `It is ${quantity}, but trades sum up to ${formatDecimal(sums.quantity)}.`;
    found.push(violation('holding-quantity', keys, text));
  }
  if (!sums.realized.eq(realized_pnl)) {
    const text = `Its realised profit is ${realized_pnl}, but its trades sum up to ${showUsd(sums.realized)}.`;
    found.push(violation('holding-profit', keys, text));
  }
  const due = decimal(total_invested).minus(sums.paid);
  if (!trades.some(lacksRealizedProfit) && !due.eq(realized_pnl)) {
    const text = `Its realised profit is ${realized_pnl}, but by the cash of its trades it is ${showUsd(due)}.`;
    found.push(violation('holding-basis', keys, text));
  }
  const { transferred_gain = '0.00' } = holding.entity;
  if (!sums.transferred.eq(transferred_gain)) {
    const text = `Its transferred gain is ${transferred_gain}, but its transfers sum up to ${showUsd(sums.transferred)}.`;
    found.push(violation('holding-transfers', keys, text));
  }
  return found;
}

/** Returns whether a sale is of an earlier version, without realised profit. The cost that it released is unknown. */
function lacksRealizedProfit({ entity }: StoredOf<'asset transaction'>): boolean {
  return entity.transaction_type === 'sell' && entity.realized_pnl === null;
}

/**
 * Checks the held quantity of a position.
 * @param units quantity that the open orders of the user hold
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

/** Checks the cost of an empty position. The schema refuses a cost below 0. */
export function checkHoldingCost({ key, entity }: StoredOf<'holding'>): Violation[] {
  const isEmpty = decimal(entity.quantity).eq('0');
  if (!isEmpty || decimal(entity.total_invested).eq('0')) return [];
  return [
    violation('holding-cost', [key], `The position is empty, but ${entity.total_invested} is invested.`),
  ];
}

/** Checks that the method of a year was chosen in that year or the one before. */
export function checkTaxMethod({ key, entity: { year, chosen_at } }: StoredOf<'tax method'>): Violation[] {
  const chosenIn = new Date(chosen_at).getUTCFullYear();
  if (chosenIn === year || chosenIn === year - 1) return [];
  return [violation('tax-method', [key], `The method of ${year} was chosen at ${chosen_at}.`)];
}
