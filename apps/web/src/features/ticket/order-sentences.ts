import { sideOf } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { formatMoney, formatPrice, formatQuantity } from '../../format/numbers.ts';
import { ORDER_TYPE_NAMES } from '../../ui/order-names.ts';
import type { TicketFacts } from './ticket-math.ts';
import type { TicketKind, TicketState } from './ticket-state.ts';

export const KIND_NAMES: Readonly<Record<TicketKind, string>> = {
  market: 'Market',
  limit: 'Limit',
  stop_loss: ORDER_TYPE_NAMES.stop_loss,
  take_profit: ORDER_TYPE_NAMES.take_profit,
  trailing_stop: ORDER_TYPE_NAMES.trailing_stop,
};

/** Describes an order in one sentence with all figures. */
export function orderSentence(
  state: TicketState,
  { quantity, facts }: { readonly quantity: string; readonly facts: TicketFacts },
): string {
  const what = `${state.side === 'buy' ? 'Buy' : 'Sell'} ${formatQuantity(quantity)} ${facts.assetId}`;
  const price = (typed: string): string => formatPrice(typed.trim().replace(',', '.'), facts.priceScale);
  switch (state.kind) {
    case 'market':
      return `${what} at the market price.`;
    case 'limit':
      return `${what} at ${price(state.limit)} or ${state.side === 'buy' ? 'less' : 'more'}.`;
    case 'stop_loss':
      return `${what} when the price falls to ${price(state.stop)}.`;
    case 'take_profit':
      return `${what} when the price rises to ${price(state.stop)}.`;
    case 'trailing_stop': {
      const trail = state.trail.trim().replace(',', '.');
      const distance = state.trailBy === 'percent' ? `${trail} %` : price(trail);
      return `${what} when the price falls ${distance} below its peak from now on.`;
    }
  }
}

/** Describes the outcome of a placed order. */
export function outcomeSentence(order: OrderDocument, priceScale: number): string {
  const { asset_id, quantity, executed_price, total_amount, order_type } = order;
  const amount = `${formatQuantity(quantity)} ${asset_id}`;
  if (order.status === 'completed') {
    const verb = sideOf(order_type) === 'buy' ? 'Bought' : 'Sold';
    return `${verb} ${amount} at ${formatPrice(executed_price, priceScale)}, ${formatMoney(total_amount)} in all.`;
  }
  return `The order for ${amount} is open.`;
}
