import { decimal } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { isMarketOrder, priceFor } from '@cnop/common/trading/order-sides';
import { OrderRefusedError } from './order-errors.ts';
import type { OrderTerms } from './order-terms.ts';
import { meetsLimit } from './trigger-rules.ts';

/**
 * Refuses what the market of the moment rules out: a price worse than the client accepts, and an order that would wait
 * for what is already there or for what can never come.
 * @throws OrderRefusedError (422 BUS_002) that names the field and carries the price of the moment
 */
export function assertMarketAllows(terms: OrderTerms, quote: Quote): void {
  assertWithinBound(terms, quote);
  assertRightSide(terms, quote);
}

/** The bound of a stop concerns its fill, not its acceptance. */
function assertWithinBound({ orderType, priceBound, side }: OrderTerms, quote: Quote): void {
  if (priceBound === null || !isMarketOrder(orderType) || meetsLimit(side, priceBound, quote)) return;
  const price = priceFor(side, quote);
  throw new OrderRefusedError(`The price is ${price}, worse than ${priceBound}.`, 'price_bound', { price });
}

function assertRightSide({ orderType, stopPrice, trailAmount }: OrderTerms, { bid }: Quote): void {
  const refuse = (field: string, text: string): never => {
    throw new OrderRefusedError(text, field, { price: bid });
  };
  if (orderType === 'stop_loss' && stopPrice !== null && decimal(stopPrice).gte(bid)) {
    refuse('stop_price', `A stop-loss waits below the price, which is ${bid}.`);
  }
  if (orderType === 'take_profit' && stopPrice !== null && decimal(stopPrice).lte(bid)) {
    refuse('stop_price', `A take-profit waits above the price, which is ${bid}.`);
  }
  if (trailAmount !== null && decimal(trailAmount).gte(bid)) {
    refuse('trail_amount', `The trail must be less than the price, which is ${bid}.`);
  }
}
