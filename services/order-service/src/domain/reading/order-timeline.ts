import { decimal, formatUsd } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Hold, Order, OrderIn } from '@cnop/common/entities/order/order';
import { endOf, priceFor, sideOf } from '@cnop/common/entities/order/order';
import type { OrderStatus } from '@cnop/common/entities/order/order-document';
import type { NearestMiss, TimelineEntry } from '@cnop/common/entities/order/order-explanation';
import { cashHold, shownHold, unitsHold } from '@cnop/common/trading/holds';
import { settle } from '@cnop/common/trading/settlement';

/** Builds the timeline of an order from its stored state. */
export function timelineOf(order: Order, nearestMiss: NearestMiss | null): TimelineEntry[] {
  const entries = [
    acceptedEntry(order),
    heldEntry(order),
    missEntry(order, nearestMiss),
    triggeredEntry(order),
    executedEntry(order),
    endedEntry(order),
    releasedEntry(order),
    refundedEntry(order),
  ];
  // Sorting is stable: entries of one moment keep this order.
  return entries
    .filter((entry) => entry !== undefined)
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
}

type Entry = TimelineEntry | undefined;

function stepOf(order: Order, status: OrderStatus): Order['history'][number] | undefined {
  return order.history.find((step) => step.status === status);
}

function acceptedEntry(order: Order): Entry {
  const step = stepOf(order, 'confirmed');
  if (!step) return undefined;
  const { accepted_quote: quote } = order;
  const text = quote ? `Accepted at a bid of ${quote.bid} and an ask of ${quote.ask}.` : 'Accepted.';
  return { at: step.at, event: 'accepted', text, facts: quote ? factsOf(quote) : {} };
}

function heldEntry(order: Order): Entry {
  const step = stepOf(order, 'queued');
  const hold = holdAtAcceptance(order);
  if (!step || !hold) return undefined;
  const shown = shownHold(hold, order.asset_id);
  const text = `${shown.amount} ${shown.unit} were reserved.`;
  return { at: step.at, event: 'held', text, facts: { ...shown } };
}

function missEntry(order: Order, miss: NearestMiss | null): Entry {
  if (!miss) return undefined;
  const { at, price, trigger_price, distance, distance_percent, interval } = miss;
  const name = sideOf(order.order_type) === 'buy' ? 'ask' : 'bid';
  return {
    at,
    event: 'nearest_miss',
    text: `The ${name} came closest at ${price}: ${distance} USD (${distance_percent} %) from ${trigger_price}.`,
    facts: { price, trigger_price, distance, distance_percent, ...(interval && { interval }) },
  };
}

function triggeredEntry(order: Order): Entry {
  if (order.trigger === null) return undefined;
  const { quote, price: trigger_price } = order.trigger;
  const step = stepOf(order, 'processing') ?? stepOf(order, 'failed') ?? quote;
  const price = priceFor(sideOf(order.order_type), quote);
  return {
    at: step.at,
    event: 'triggered',
    text: `The price of ${price} triggered the order at ${trigger_price}.`,
    facts: { price, trigger_price, ...factsOf(quote) },
  };
}

function executedEntry(order: Order): Entry {
  if (order.status !== 'completed') return undefined;
  const { quantity, asset_id } = order;
  const { at, price, total: total_amount, fees } = order.fill;
  const verb = sideOf(order.order_type) === 'buy' ? 'Bought' : 'Sold';
  const improvement = improvementOf(order);
  const better = improvement ? ` That is ${improvement.improvement} USD better than at the limit.` : '';
  return {
    at,
    event: 'executed',
    text: `${verb} ${quantity} ${asset_id} at ${price} for ${total_amount} USD, fees ${fees} USD.${better}`,
    facts: { price, quantity, total_amount, fees, ...improvement },
  };
}

function endedEntry(order: Order): Entry {
  const { status } = order;
  if (status !== 'cancelled' && status !== 'expired' && status !== 'failed') return undefined;
  const step = stepOf(order, status);
  if (!step) return undefined;
  const { at, reason } = step;
  const why = reason === null ? '' : `: ${reason.replace(/\.$/, '')}`;
  return {
    at,
    event: status,
    text: `The order is ${status}${why}.`,
    facts: reason === null ? {} : { reason },
  };
}

function releasedEntry(order: Order): Entry {
  const released = releasedOf(order);
  if (!released) return undefined;
  const { amount, unit } = shownHold(released, order.asset_id);
  const text = `${amount} ${unit} of the hold were released.`;
  return { at: endOf(order), event: 'released', text, facts: { amount, unit } };
}

function refundedEntry(order: Order): Entry {
  if (order.status !== 'completed' || !order.refund) return undefined;
  const { refunded_at: at, quantity, total_amount, fees, reason } = order.refund;
  const units = `${quantity} ${order.asset_id}`;
  const text =
    sideOf(order.order_type) === 'buy'
      ? `Refunded: ${units} were taken back for ${total_amount} USD and ${fees} USD of fees.`
      : `Refunded: ${units} were given back for ${total_amount} USD less ${fees} USD of fees.`;
  return {
    at,
    event: 'refunded',
    text: `${text} Reason: ${reason}`,
    facts: { quantity, total_amount, fees, reason },
  };
}

/** Returns the released part of the hold; nothing for an open order, nor for a filled sale, which used all of it. */
function releasedOf(order: Order): Hold | undefined {
  const hold = holdAtAcceptance(order);
  if (!hold || order.status === 'queued') return undefined;
  if (order.status !== 'completed') return hold;
  if (!('cash' in hold)) return undefined;
  const rest = decimal(hold.cash).minus(order.fill.total).minus(order.fill.fees);
  return rest.gt('0') ? { cash: formatUsd(rest) } : undefined;
}

/** Computes the hold at acceptance from the terms of the order, which keeps its hold only until it ends. */
function holdAtAcceptance(order: Order): Hold | undefined {
  if (order.accepted_quote === null) return undefined;
  const quantity = decimal(order.quantity);
  if (order.order_type !== 'limit_buy') return unitsHold(quantity);
  return cashHold(settle('buy', { quantity, price: order.limit, feeBps: order.fee_bps }));
}

/** Returns how much less a buy cost, or how much more a sale brought, than at its limit. */
function improvementOf(
  order: OrderIn<'completed'>,
): { readonly limit: string; readonly improvement: string } | undefined {
  if (!('limit' in order)) return undefined;
  const { limit, quantity, fee_bps: feeBps, fill } = order;
  const side = sideOf(order.order_type);
  const atLimit = settle(side, { quantity: decimal(quantity), price: limit, feeBps }).cash;
  const total = decimal(fill.total);
  const moved = side === 'buy' ? total.plus(fill.fees) : total.minus(fill.fees);
  const improvement = side === 'buy' ? atLimit.minus(moved) : moved.minus(atLimit);
  return improvement.gt('0') ? { limit, improvement: formatUsd(improvement) } : undefined;
}

function factsOf({ bid, ask, at }: Quote): Record<string, string> {
  return { bid, ask, quote_at: at };
}
