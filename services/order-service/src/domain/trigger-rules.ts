import type { Decimal } from '@cnop/common/core/money';
import { decimal } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';

const WHOLE_PERCENT = '100';

/** Whether a limit is met: what a buyer pays is no more than it, what a seller gets no less. */
export function meetsLimit(side: 'buy' | 'sell', limit: string, quote: Quote): boolean {
  return side === 'buy' ? decimal(quote.ask).lte(limit) : decimal(quote.bid).gte(limit);
}

/**
 * The bid at or below which a trailing stop fires, given the highest bid since it was accepted. Exact: nothing is
 * rounded.
 */
export function trailingStopPrice(
  order: Pick<Order, 'trail_amount' | 'trail_percent'>,
  peakBid: string,
): Decimal {
  const peak = decimal(peakBid);
  if (order.trail_amount !== null) return peak.minus(order.trail_amount);
  const kept = decimal(WHOLE_PERCENT).minus(order.trail_percent ?? '0');
  return peak.times(kept).times('0.01');
}
