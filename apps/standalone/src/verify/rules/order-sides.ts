import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, decimal, roundDown, roundUp } from '@cnop/common/core/money';
import type { Order, OrderStatus, OrderType } from '@cnop/common/entities/order/order';

export function isBuy(type: OrderType): boolean {
  return type === 'market_buy' || type === 'limit_buy';
}

export function isMarketOrder(type: OrderType): boolean {
  return type === 'market_buy' || type === 'market_sell';
}

export function isLimitOrder(type: OrderType): boolean {
  return type === 'limit_buy' || type === 'limit_sell';
}

const FINAL_STATUSES: ReadonlySet<OrderStatus> = new Set(['completed', 'cancelled', 'failed', 'expired']);

export function isOpen(status: OrderStatus): boolean {
  return !FINAL_STATUSES.has(status);
}

/** Whether an order ever waited, be it executed since or not. */
export function hasWaited({ history }: Order): boolean {
  return history.some(({ status }) => status === 'queued');
}

/** What a trade must move, in USD without fees: a debit is rounded up to cents, a credit down. */
export function settlementOf(side: 'buy' | 'sell', quantity: string, price: string): Decimal {
  const exact = decimal(quantity).times(price);
  return side === 'buy' ? roundUp(exact, CURRENCY_SCALE) : roundDown(exact, CURRENCY_SCALE);
}

const BASIS_POINTS = '10000';

/** What a trade must cost, in USD: a share of its total in hundredths of a percent, rounded up to cents. */
export function feeOf(total: Decimal, feeBps: number): Decimal {
  return roundUp(total.times(String(feeBps)).div(BASIS_POINTS), CURRENCY_SCALE);
}

/** What leaves the account of a buyer, or reaches that of a seller. */
export function cashOf(type: OrderType, total: Decimal, fees: string | Decimal): Decimal {
  return isBuy(type) ? total.plus(fees) : total.minus(fees);
}

/** Whether a completed order closed a position that is worth less than a cent: only a market sale may. */
export function movesNoCash({ order_type, total_amount, fees }: Order): boolean {
  return order_type === 'market_sell' && total_amount !== null && decimal(total_amount).eq(fees);
}

/**
 * What an order says that it would move while it is not executed: a limit order what its limit makes, others nothing
 * yet.
 */
export function waitingTotal({ order_type, quantity, price }: Order): Decimal | undefined {
  if (!isLimitOrder(order_type) || price === null) return undefined;
  return settlementOf(isBuy(order_type) ? 'buy' : 'sell', quantity, price);
}
