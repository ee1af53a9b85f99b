import type { AssetId } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, MAX_SCALE, roundDown } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { wasQueued } from './order-basics.ts';

const HUNDREDTH = '0.01';
const WHOLE_PERCENT = '100';

/** Checks the quotes at which an order was accepted and triggered. */
export function checkOrderTrigger({ key, entity }: StoredOf<'order'>): Violation[] {
  return [...checkAcceptance(key, entity), ...checkTrigger(key, entity)];
}

function checkAcceptance(key: ItemKey, order: OrderDocument): Violation[] {
  const { accepted_quote: quote, asset_id } = order;
  const wrong = (text: string) => [violation('order-acceptance', [key], text)];
  if (!quote)
    return wasQueued(order) ? wrong('It was open, but the quote of its acceptance is missing.') : [];
  if (!wasQueued(order)) return wrong('It was never open, but has a quote of its acceptance.');
  if (!isQuoteOf(quote, asset_id)) return wrong('The quote of its acceptance is not of its asset.');
  const price = firstTriggerPrice(order, quote);
  if (price?.gt('0') && !isMet(order, price, quote)) return [];
  return wrong(
    `A bid of ${quote.bid} and an ask of ${quote.ask} met its trigger of ${price ? formatDecimal(price) : 'no price'} at once.`,
  );
}

/** Checks the quote that triggered an order. A failed order may have been triggered or not. */
function checkTrigger(key: ItemKey, order: OrderDocument): Violation[] {
  const { status, trigger_quote: quote, trigger_price, accepted_quote, asset_id } = order;
  const wrong = (text: string) => [violation('order-trigger', [key], text)];
  const isExecuted = status === 'completed' && wasQueued(order);
  if (!quote || trigger_price === null) {
    const isHalf = quote !== null || trigger_price !== null;
    return isExecuted || isHalf ? wrong('The quote or the price that triggered it is missing.') : [];
  }
  // A triggered stop with a price bound stays open until the bound is met, and may end open.
  const keepsTrigger = order.price_bound !== null && wasQueued(order);
  if (!isExecuted && status !== 'failed' && !keepsTrigger)
    return wrong(`It is ${status}, but a quote triggered it.`);
  if (!isQuoteOf(quote, asset_id)) return wrong('The quote that triggered it is not of its asset.');
  if (accepted_quote && !isAfterAcceptance(order, quote, accepted_quote)) {
    const [trigger, acceptance] = [quote, accepted_quote].map(({ seq, at }) => `${seq} of ${at}`);
    return wrong(`The quote that triggered it, ${trigger}, is not later than its acceptance, ${acceptance}.`);
  }
  const price = decimal(trigger_price);
  if (!isMet(order, price, quote)) {
    return wrong(`A bid of ${quote.bid} and an ask of ${quote.ask} do not meet ${trigger_price}.`);
  }
  // `order-acceptance` reports a missing quote or price.
  const first = accepted_quote && firstTriggerPrice(order, accepted_quote);
  if (!first) return [];
  // A trailing stop follows the highest bid since the acceptance, so its trigger only rises. Other triggers are fixed.
  const isPossible = order.order_type === 'trailing_stop' ? price.gte(first) : price.eq(first);
  return isPossible
    ? []
    : wrong(`It was triggered at ${trigger_price}, but its trigger was ${formatDecimal(first)}.`);
}

/** Earlier versions triggered orders by candles of a minute, whose quotes had no `seq`. */
const NO_SEQ = 0;

/**
 * Returns whether the quote that triggered an order came after the one that it was accepted at. Its `seq` tells. Its time
 * may be earlier only when the clock was set back, which the order's own times then show.
 */
function isAfterAcceptance({ updated_at }: OrderDocument, trigger: Quote, accepted: Quote): boolean {
  if (trigger.seq === NO_SEQ) return trigger.at > accepted.at;
  return trigger.seq > accepted.seq && (trigger.at >= accepted.at || updated_at < accepted.at);
}

function isQuoteOf({ asset_id, bid, mid, ask }: Quote, assetId: AssetId): boolean {
  return asset_id === assetId && decimal(bid).lte(mid) && decimal(mid).lte(ask);
}

/** Returns the trigger price of an order at its acceptance. That of a trailing stop may rise later. */
function firstTriggerPrice(order: OrderDocument, { bid }: Quote): Decimal | undefined {
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
      // Rounding is safe: prices have no more digits than this, so no bid lies between the rounded and the exact price.
      return roundDown(decimal(bid).times(kept), MAX_SCALE);
    }
    default:
      return undefined;
  }
}

/** Returns whether a quote meets the trigger price of an order. */
function isMet({ order_type }: OrderDocument, price: Decimal, { bid, ask }: Quote): boolean {
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
