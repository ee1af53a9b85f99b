import type { Quote } from '../entities/inventory/quote.ts';
import type { OrderType } from '../entities/order/order.ts';

export type Side = 'buy' | 'sell';

const SIDE_OF: Readonly<Record<OrderType, Side>> = {
  market_buy: 'buy',
  market_sell: 'sell',
  limit_buy: 'buy',
  limit_sell: 'sell',
  stop_loss: 'sell',
  take_profit: 'sell',
  trailing_stop: 'sell',
};

export function sideOf(orderType: OrderType): Side {
  return SIDE_OF[orderType];
}

export function isMarketOrder(orderType: OrderType): boolean {
  return orderType === 'market_buy' || orderType === 'market_sell';
}

export function isLimitOrder(orderType: OrderType): boolean {
  return orderType === 'limit_buy' || orderType === 'limit_sell';
}

/** What a side trades at: a buyer pays the ask, a seller gets the bid. */
export function priceFor(side: Side, quote: Quote): string {
  return side === 'buy' ? quote.ask : quote.bid;
}
