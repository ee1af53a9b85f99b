import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  decimal,
  formatDecimal,
  formatUsd,
  roundDown,
  roundUp,
} from '@cnop/common/core/money';
import type { OrderDocument, OrderStatus, OrderType } from '@cnop/common/entities/order/order-document';

/** Returns whether an order type buys. */
export function isBuy(type: OrderType): boolean {
  return type === 'market_buy' || type === 'limit_buy';
}

/** Returns whether an order type is a market order. */
export function isMarketOrder(type: OrderType): boolean {
  return type === 'market_buy' || type === 'market_sell';
}

/** Returns whether an order type has a limit. */
export function isLimitOrder(type: OrderType): boolean {
  return type === 'limit_buy' || type === 'limit_sell';
}

const FINAL_STATUSES: ReadonlySet<OrderStatus> = new Set(['completed', 'cancelled', 'failed', 'expired']);

/** Returns whether a status is not final. */
export function isOpen(status: OrderStatus): boolean {
  return !FINAL_STATUSES.has(status);
}

/** Returns whether an order was ever open, whatever its status is now. */
export function wasQueued({ history }: OrderDocument): boolean {
  return history.some(({ status }) => status === 'queued');
}

/** Returns the total of a trade in USD without fees: a debit is rounded up to cents, a credit down. */
export function amountDue(side: 'buy' | 'sell', quantity: string, price: string): Decimal {
  const exact = decimal(quantity).times(price);
  return side === 'buy' ? roundUp(exact, CURRENCY_SCALE) : roundDown(exact, CURRENCY_SCALE);
}

const BASIS_POINTS = '10000';

/** Returns the fee of a trade in USD: a share of its total in basis points, rounded up to cents. */
export function feeDue(total: Decimal, feeBps: number): Decimal {
  return roundUp(total.times(String(feeBps)).div(BASIS_POINTS), CURRENCY_SCALE);
}

/** Returns the USD that a buyer pays or a seller receives, fees included. */
export function cashMoved(type: OrderType, total: Decimal, fees: string | Decimal): Decimal {
  return isBuy(type) ? total.plus(fees) : total.minus(fees);
}

/** Returns whether a filled order moved no cash. Only a market sale may: it closes a position of less than a cent. */
export function movesNoCash({ order_type, total_amount, fees }: OrderDocument): boolean {
  return order_type === 'market_sell' && total_amount !== null && decimal(total_amount).eq(fees);
}

/** Returns the total in USD that an order states before it is filled: that of a limit order at its limit, else none. */
export function unfilledTotal({ order_type, quantity, price }: OrderDocument): Decimal | undefined {
  if (!isLimitOrder(order_type) || price === null) return undefined;
  return amountDue(isBuy(order_type) ? 'buy' : 'sell', quantity, price);
}

/** Formats USD with two digits. A sum of broken amounts may have more: then all digits are shown. */
export function showUsd(value: Decimal): string {
  return value.fits(CURRENCY_SCALE) ? formatUsd(value) : formatDecimal(value);
}
