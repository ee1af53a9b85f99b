import type { Quote } from '../entities/inventory/quote.ts';
import type { OrderType } from '../entities/order/order.ts';

/** The side of an order. */
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

/** Returns the side of an order type. */
export function sideOf(orderType: OrderType): Side {
  return SIDE_OF[orderType];
}

/** Returns whether an order type is filled at once or refused. */
export function isMarketOrder(orderType: OrderType): boolean {
  return orderType === 'market_buy' || orderType === 'market_sell';
}

/** Returns whether an order type has a limit price. */
export function isLimitOrder(orderType: OrderType): boolean {
  return orderType === 'limit_buy' || orderType === 'limit_sell';
}

/** Returns the price of a quote for a side, in USD per unit: a buyer pays the ask, a seller gets the bid. */
export function priceFor(side: Side, quote: Pick<Quote, 'bid' | 'ask'>): string {
  return side === 'buy' ? quote.ask : quote.bid;
}
