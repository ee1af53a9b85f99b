import type { Order } from '@cnop/common/entities/order/order';
import { formatPlainPrice } from '../../format/numbers.ts';

type Conditions = Pick<
  Order,
  'order_type' | 'price' | 'stop_price' | 'trail_amount' | 'trail_percent'
>;

/** What an order waits for, in a few characters. */
export function conditionOf(order: Conditions): string {
  const { order_type, price, stop_price, trail_amount, trail_percent } = order;
  switch (order_type) {
    case 'limit_buy':
      return `≤ ${plain(price)}`;
    case 'limit_sell':
      return `≥ ${plain(price)}`;
    case 'stop_loss':
      return `≤ ${plain(stop_price)}`;
    case 'take_profit':
      return `≥ ${plain(stop_price)}`;
    case 'trailing_stop':
      return trail_percent === null ? `peak − ${plain(trail_amount)}` : `peak − ${trail_percent} %`;
    case 'market_buy':
    case 'market_sell':
      return 'Market';
  }
}

/** A price as it was given, with its own digits. */
function plain(price: string | null): string {
  return formatPlainPrice(price, price?.split('.')[1]?.length ?? 0);
}
