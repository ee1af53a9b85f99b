import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { formatOwnPrice } from '../../format/numbers.ts';

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
