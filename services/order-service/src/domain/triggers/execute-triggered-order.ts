import { decimal, formatDecimal, MAX_SCALE, roundDown } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import { isTriggeredWithBound } from '@cnop/common/entities/order/order';
import type { EndedOrder } from '@cnop/common/trading/end-order';
import { accountClosedReason, endOrder } from '@cnop/common/trading/end-order';
import type { Funds } from '@cnop/common/trading/holds';
import { releaseHold } from '@cnop/common/trading/holds';
import { isLimitOrder, priceFor, sideOf } from '@cnop/common/trading/order-sides';
import { meetsLimit } from '@cnop/common/trading/trigger-rules';
import { ProblemError } from '@cnop/exception/problem-error';
import type { ExecutedOrder } from '../filling/execute-order.ts';
import { executeOrder } from '../filling/execute-order.ts';
import type { OrderContext } from '../placing/accept-order.ts';

/** The quote that triggered an order, and the price that it met. */
export interface Trigger {
  readonly quote: Quote;
  /** The limit or stop price of the order, in USD per unit. */
  readonly price: string;
}

/** The state that a triggered order is executed on. */
export interface TriggeredOrderFacts {
  readonly funds: Funds;
  readonly trigger: Trigger;
  /** The current quote: not older than the one that triggered the order. */
  readonly quote: Quote;
}

/** The result of a decision about an open order. */
export type OpenOrderOutcome =
  /** Nothing is written: the order stays as it is. */
  | { readonly kind: 'unchanged' }
  /** The trigger is stored, and the order stays open as a limit at its price bound. */
  | { readonly kind: 'bound'; readonly order: Order }
  | { readonly kind: 'executed'; readonly executed: ExecutedOrder }
  | { readonly kind: 'ended'; readonly ended: EndedOrder };

/**
 * Decides what a trigger does to an open order:
 *
 * - An order past its expiry expires, even if it is triggered at the same instant.
 * - An order of an account that may not trade is cancelled.
 * - A limit order is filled at the current quote while its limit is met, and stays open otherwise.
 * - A triggered stop is filled at the current quote, whatever the price is by then, unless that is worse than its price
 *   bound: then it stays open as a limit at the bound.
 * - An order that cannot be filled, such as one whose proceeds exceed what can be stored, fails.
 *
 * The price may only be better than the order asked for; the unused rest of the hold is released.
 */
export function executeTriggeredOrder(
  order: Order,
  context: Pick<OrderContext, 'tradeId' | 'eventId' | 'at'>,
  { funds, trigger, quote }: TriggeredOrderFacts,
): OpenOrderOutcome {
  const { at, eventId } = context;
  if (order.status !== 'queued') return { kind: 'unchanged' };
  if (isExpired(order, at)) return expire(order, funds, context);
  const { trading_block: block } = funds.balance;
  if (block !== null) {
    const ending = { status: 'cancelled', reason: accountClosedReason(block), eventId, at } as const;
    return { kind: 'ended', ended: endOrder(order, funds, ending) };
  }
  const side = sideOf(order.order_type);
  if (isLimitOrder(order.order_type) && !meetsLimit(side, order.price ?? '0', quote)) {
    return { kind: 'unchanged' };
  }
  const triggered: Order = {
    ...order,
    trigger_quote: trigger.quote,
    // A percentage of a price has more digits than any price is stored with.
    trigger_price: formatDecimal(roundDown(decimal(trigger.price), MAX_SCALE)),
  };
  if (order.price_bound !== null && !meetsLimit(side, order.price_bound, quote)) {
    return isTriggeredWithBound(order)
      ? { kind: 'unchanged' }
      : { kind: 'bound', order: { ...triggered, updated_at: at } };
  }
  const reason = `triggered at ${priceFor(side, trigger.quote)}`;
  try {
    const released = releaseHold(order, funds, at);
    return {
      kind: 'executed',
      executed: executeOrder(triggered, context, { funds: released, quote, reason }),
    };
  } catch (error) {
    // A refusal by a rule, such as an amount too large to be stored. Anything else is a bug and must surface.
    if (!(error instanceof ProblemError)) throw error;
    const ending = { status: 'failed', reason: error.message, eventId, at } as const;
    return { kind: 'ended', ended: endOrder(triggered, funds, ending) };
  }
}

/** Returns whether an open order is past its expiry. */
export function isExpired({ status, expires_at }: Order, at: string): boolean {
  return status === 'queued' && expires_at !== null && expires_at <= at;
}

/** Expires an open order and releases its hold. */
export function expire(
  order: Order,
  funds: Funds,
  { eventId, at }: Pick<OrderContext, 'eventId' | 'at'>,
): OpenOrderOutcome {
  const reason = `expired at ${order.expires_at}`;
  return { kind: 'ended', ended: endOrder(order, funds, { status: 'expired', reason, eventId, at }) };
}
