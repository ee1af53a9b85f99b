import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, MAX_SCALE, roundDown } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { hasWaited } from './order-sides.ts';

const HUNDREDTH = '0.01';
const WHOLE_PERCENT = '100';

/** What an order waited for, and why it waited no longer. */
export function checkOrderTrigger({ key, entity }: StoredOf<'order'>): Violation[] {
  return [...checkAcceptance(key, entity), ...checkTrigger(key, entity)];
}

function checkAcceptance(key: ItemKey, order: Order): Violation[] {
  const { accepted_quote: quote, asset_id } = order;
  const wrong = (text: string) => [violation('order-acceptance', [key], text)];
  if (!quote) return hasWaited(order) ? wrong('It waited, but the quote of its acceptance is missing.') : [];
  if (!hasWaited(order)) return wrong('It never waited, but has a quote of its acceptance.');
  if (!isQuoteOf(quote, asset_id)) return wrong('The quote of its acceptance is not one of its asset.');
  const price = firstTriggerPrice(order, quote);
  if (price?.gt('0') && !isMet(order, price, quote)) return [];
  return wrong(
    `It waits for ${price ? formatDecimal(price) : 'nothing'} at a bid of ${quote.bid} and an ask of ${quote.ask}.`,
  );
}

/** A failed order was about to be executed, or never came that far. */
function checkTrigger(key: ItemKey, order: Order): Violation[] {
  const { status, trigger_quote: quote, trigger_price, accepted_quote, asset_id } = order;
  const wrong = (text: string) => [violation('order-trigger', [key], text)];
  const isExecuted = status === 'completed' && hasWaited(order);
  if (!quote || trigger_price === null) {
    const isHalf = quote !== null || trigger_price !== null;
    return isExecuted || isHalf ? wrong('It does not say which quote at which price made it fire.') : [];
  }
  // A stop with a bound keeps its trigger while it waits for the bound, and may end there.
  const keepsTrigger = order.price_bound !== null && hasWaited(order);
  if (!isExecuted && status !== 'failed' && !keepsTrigger)
    return wrong(`It is ${status}, but a quote made it fire.`);
  if (!isQuoteOf(quote, asset_id)) return wrong('The quote that made it fire is not one of its asset.');
  if (accepted_quote && !isAfterAcceptance(order, quote, accepted_quote)) {
    const [trigger, acceptance] = [quote, accepted_quote].map(({ seq, at }) => `${seq} of ${at}`);
    return wrong(`The quote that made it fire, ${trigger}, is not later than its acceptance, ${acceptance}.`);
  }
  const price = decimal(trigger_price);
  if (!isMet(order, price, quote)) {
    return wrong(`A bid of ${quote.bid} and an ask of ${quote.ask} do not meet ${trigger_price}.`);
  }
  // What is missing here is told by the rule of acceptance.
  const first = accepted_quote && firstTriggerPrice(order, accepted_quote);
  if (!first) return [];
  // A trailing stop follows the highest bid since the acceptance, so it only ever rises; the others stand still.
  const isPossible = order.order_type === 'trailing_stop' ? price.gte(first) : price.eq(first);
  return isPossible ? [] : wrong(`It fired at ${trigger_price}, but waited for ${formatDecimal(first)}.`);
}

/** Earlier versions triggered orders by candles of a minute, whose quotes had no `seq`. */
const NO_SEQ = 0;

/**
 * Returns whether the quote that triggered an order came after the one that it was accepted at. Its `seq` tells. Its time
 * may be earlier only when the clock was set back, which the order's own times then show.
 */
function isAfterAcceptance({ updated_at }: Order, trigger: Quote, accepted: Quote): boolean {
  if (trigger.seq === NO_SEQ) return trigger.at > accepted.at;
  return trigger.seq > accepted.seq && (trigger.at >= accepted.at || updated_at < accepted.at);
}

function isQuoteOf({ asset_id, bid, mid, ask }: Quote, assetId: string): boolean {
  return asset_id === assetId && decimal(bid).lte(mid) && decimal(mid).lte(ask);
}

/** What an order waits for from its acceptance on: of a trailing stop it may rise later. */
function firstTriggerPrice(order: Order, { bid }: Quote): Decimal | undefined {
  const { order_type, price, stop_price, trail_amount, trail_percent } = order;
  switch (order_type) {
    case 'limit_buy':
    case 'limit_sell':
      return price === null ? undefined : decimal(price);
    case 'stop_loss':
    case 'take_profit':
      return stop_price === null ? undefined : decimal(stop_price);
    case 'trailing_stop': {
      if (trail_amount !== null) return decimal(bid).minus(trail_amount);
      if (trail_percent === null) return undefined;
      const kept = decimal(WHOLE_PERCENT).minus(trail_percent).times(HUNDREDTH);
      // A price has no more digits than these; the exact one lies above it, and no bid lies between the two.
      return roundDown(decimal(bid).times(kept), MAX_SCALE);
    }
    default:
      return undefined;
  }
}

/** Whether a quote makes an order fire that waits for a price. */
function isMet({ order_type }: Order, price: Decimal, { bid, ask }: Quote): boolean {
  switch (order_type) {
    case 'limit_buy':
      return decimal(ask).lte(price);
    case 'limit_sell':
    case 'take_profit':
      return decimal(bid).gte(price);
    default:
      return decimal(bid).lte(price);
  }
}
