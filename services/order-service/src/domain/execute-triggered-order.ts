import { decimal, formatDecimal, MAX_SCALE, roundDown } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import { isTriggeredWithBound } from '@cnop/common/entities/order/order';
import type { EndedOrder, Funds } from '@cnop/common/trading/end-order';
import { accountClosedReason, endOrder, releaseHold } from '@cnop/common/trading/end-order';
import { isLimitOrder, priceFor, sideOf } from '@cnop/common/trading/order-sides';
import { ProblemError } from '@cnop/exception/problem-error';
import type { ExecutedOrder } from './executed-order.ts';
import { executeOrder } from './executed-order.ts';
import type { OrderContext } from './new-order.ts';
import { meetsLimit } from './trigger-rules.ts';

/** What made an order fire. */
export interface Trigger {
  readonly quote: Quote;
  /** USD per unit: the price that the order waited for. */
  readonly price: string;
}

export interface TriggeredOrder {
  readonly funds: Funds;
  readonly trigger: Trigger;
  /** The quote of the moment of execution: not older than the one that fired. */
  readonly quote: Quote;
}

/** `waits`: nothing is to be written, the order stays open. */
export type TriggerOutcome =
  | { readonly kind: 'waits' }
  /** The trigger is kept, and the order is open as a limit at its bound. */
  | { readonly kind: 'bound'; readonly order: Order }
  | { readonly kind: 'executed'; readonly executed: ExecutedOrder }
  | { readonly kind: 'ended'; readonly ended: EndedOrder };

/**
 * Executes an order that fired, at the price of the moment; the better price is the user's, and the rest of what it had
 * reserved is given back. Expiry wins over a trigger of the same instant, and an order of an account that may not trade
 * is cancelled instead. A stop that was touched is executed wherever
 * the price went since; a limit only while it is still met.
 */
export function executeTriggeredOrder(
  order: Order,
  context: Pick<OrderContext, 'tradeId' | 'eventId' | 'at'>,
  { funds, trigger, quote }: TriggeredOrder,
): TriggerOutcome {
  const { at, eventId } = context;
  if (order.status !== 'queued') return { kind: 'waits' };
  if (order.expires_at !== null && order.expires_at <= at) return expire(order, funds, context);
  const { trading_block: block } = funds.balance;
  if (block !== null) {
    const ending = { status: 'cancelled', reason: accountClosedReason(block), eventId, at } as const;
    return { kind: 'ended', ended: endOrder(order, funds, ending) };
  }
  const side = sideOf(order.order_type);
  if (isLimitOrder(order.order_type) && !meetsLimit(side, order.price ?? '0', quote)) {
    return { kind: 'waits' };
  }
  const fired: Order = {
    ...order,
    trigger_quote: trigger.quote,
    // A percentage of a price has more digits than any price is stored with.
    trigger_price: formatDecimal(roundDown(decimal(trigger.price), MAX_SCALE)),
  };
  if (order.price_bound !== null && !meetsLimit(side, order.price_bound, quote)) {
    return isTriggeredWithBound(order)
      ? { kind: 'waits' }
      : { kind: 'bound', order: { ...fired, updated_at: at } };
  }
  const reason = `triggered at ${priceFor(side, trigger.quote)}`;
  try {
    const released = releaseHold(order, funds, at);
    return { kind: 'executed', executed: executeOrder(fired, context, { funds: released, quote, reason }) };
  } catch (error) {
    // What a user may not do at all, such as outgrowing what can be stored. Anything else is a bug and must be seen.
    if (!(error instanceof ProblemError)) throw error;
    const ending = { status: 'failed', reason: error.message, eventId, at } as const;
    return { kind: 'ended', ended: endOrder(fired, funds, ending) };
  }
}

/** Ends an order whose time is over. */
export function expire(
  order: Order,
  funds: Funds,
  { eventId, at }: Pick<OrderContext, 'eventId' | 'at'>,
): TriggerOutcome {
  const reason = `expired at ${order.expires_at}`;
  return { kind: 'ended', ended: endOrder(order, funds, { status: 'expired', reason, eventId, at }) };
}
