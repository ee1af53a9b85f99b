import type { Quote } from '@cnop/common/entities/inventory/quote';
import { priceFor, sideOf } from '@cnop/common/entities/order/order';
import { OrderRefusedError } from '@cnop/common/trading/settlement';
import { meetsLimit, scaledPrice, triggersStop } from '@cnop/common/trading/trigger-rules';
import type { OrderTerms } from './order-terms.ts';
import { isMarketOrder } from './order-terms.ts';

/**
 * Refuses an order that the current price rules out: a market order at a price worse than its bound, a stop that would be
 * triggered at once, and a trail as long as the price.
 * @throws OrderRefusedError (422 BUS_002) that names the field and carries the current price
 */
export function assertMarketAllows(terms: OrderTerms, quote: Quote): void {
  assertWithinBound(terms, quote);
  assertNotTriggered(terms, quote);
}

/** The bound of a stop concerns its fill, not its acceptance. */
function assertWithinBound(terms: OrderTerms, quote: Quote): void {
  if (!isMarketOrder(terms) || terms.price_bound === null) return;
  const side = sideOf(terms.order_type);
  if (meetsLimit(side, terms.price_bound, quote)) return;
  const price = priceFor(side, quote);
  throw new OrderRefusedError(`The price is ${price}, worse than ${terms.price_bound}.`, 'price_bound', {
    price,
  });
}

function assertNotTriggered(terms: OrderTerms, { bid }: Quote): void {
  const scaledBid = scaledPrice(bid);
  if ('stop_price' in terms && triggersStop(terms, scaledPrice(terms.stop_price), scaledBid)) {
    const text =
      terms.order_type === 'stop_loss'
        ? `A stop-loss waits below the price, which is ${bid}.`
        : `A take-profit waits above the price, which is ${bid}.`;
    throw new OrderRefusedError(text, 'stop_price', { price: bid });
  }
  if ('trail' in terms && 'amount' in terms.trail && scaledPrice(terms.trail.amount) >= scaledBid) {
    const text = `The trail must be less than the price, which is ${bid}.`;
    throw new OrderRefusedError(text, 'trail_amount', { price: bid });
  }
}
