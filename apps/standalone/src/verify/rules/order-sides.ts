import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, decimal, roundDown, roundUp } from '@cnop/common/core/money';
import type { OrderStatus, OrderType } from '@cnop/common/entities/order/order';

export function isBuy(type: OrderType): boolean {
  return type === 'market_buy' || type === 'limit_buy';
}

export function isMarketOrder(type: OrderType): boolean {
  return type === 'market_buy' || type === 'market_sell';
}

const FINAL_STATUSES: ReadonlySet<OrderStatus> = new Set(['completed', 'cancelled', 'failed', 'expired']);

export function isOpen(status: OrderStatus): boolean {
  return !FINAL_STATUSES.has(status);
}

/** What a trade must move, in USD: a debit is rounded up to cents, a credit down. */
export function settlementOf(side: 'buy' | 'sell', quantity: string, price: string): Decimal {
  const exact = decimal(quantity).times(price);
  return side === 'buy' ? roundUp(exact, CURRENCY_SCALE) : roundDown(exact, CURRENCY_SCALE);
}
