import { decimal } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { sideOf } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { formatOwnPrice, percentChange } from '../../format/numbers.ts';

type Conditions = Pick<
  OrderDocument,
  'order_type' | 'price' | 'stop_price' | 'trail_amount' | 'trail_percent'
>;

/** Returns the trigger of an order in a few characters. */
export function conditionOf(order: Conditions): string {
  const { order_type, price, stop_price, trail_amount, trail_percent } = order;
  switch (order_type) {
    case 'limit_buy':
      return `≤ ${formatOwnPrice(price)}`;
    case 'limit_sell':
      return `≥ ${formatOwnPrice(price)}`;
    case 'stop_loss':
      return `≤ ${formatOwnPrice(stop_price)}`;
    case 'take_profit':
      return `≥ ${formatOwnPrice(stop_price)}`;
    case 'trailing_stop':
      return trail_percent === null ? `peak − ${formatOwnPrice(trail_amount)}` : `peak − ${trail_percent} %`;
    case 'market_buy':
    case 'market_sell':
      return 'Market';
  }
}

/**
 * Returns how far the price is from the trigger of an open order, in percent of the price, without a sign; `undefined` for
 * a trailing stop, whose trigger follows the highest bid.
 */
export function distanceOf(
  { order_type, price, stop_price }: Conditions,
  { bid, ask }: Pick<Quote, 'bid' | 'ask'>,
): string | undefined {
  const target = price ?? stop_price;
  if (target === null || order_type === 'trailing_stop') return undefined;
  const distance = percentChange(target, decimal(sideOf(order_type) === 'buy' ? ask : bid));
  return distance?.replace('-', '');
}
