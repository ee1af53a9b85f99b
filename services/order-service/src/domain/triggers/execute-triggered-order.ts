import type { IsoTime } from '@cnop/common/core/brands';
import { decimal, formatPrice, MAX_SCALE, roundDown } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OpenOrder, OrderIn, Trigger } from '@cnop/common/entities/order/order';
import { advance, priceFor, sideOf } from '@cnop/common/entities/order/order';
import type { EndedOrder } from '@cnop/common/trading/end-order';
import { accountClosedReason, endOrder } from '@cnop/common/trading/end-order';
import type { Funds } from '@cnop/common/trading/holds';
import { releaseHold } from '@cnop/common/trading/holds';
import { meetsLimit } from '@cnop/common/trading/trigger-rules';
import { ProblemError } from '@cnop/exception/problem-error';
import type { ExecutedOrder, ExecutionContext } from '../filling/execute-order.ts';
import { executeOrder } from '../filling/execute-order.ts';

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
  | { readonly kind: 'bound'; readonly order: OpenOrder }
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
  order: OpenOrder,
  context: ExecutionContext,
  { funds, trigger: met, quote }: TriggeredOrderFacts,
): OpenOrderOutcome {
  const { at, eventId } = context;
  if (isExpired(order, at)) return expire(order, funds, context);
  const { trading_block: block } = funds.balance;
  if (block !== null) {
    const ending = { status: 'cancelled', reason: accountClosedReason(block), eventId, at } as const;
    return { kind: 'ended', ended: endOrder(order, funds, ending) };
  }
  const side = sideOf(order.order_type);
  // A percentage of a price has more digits than any price is stored with.
  const trigger = { quote: met.quote, price: formatPrice(roundDown(decimal(met.price), MAX_SCALE)) };
  if ('limit' in order) {
    if (!meetsLimit(side, order.limit, quote)) return { kind: 'unchanged' };
  } else if (order.price_bound !== null && !meetsLimit(side, order.price_bound, quote)) {
    if (order.trigger !== null) return { kind: 'unchanged' };
    return { kind: 'bound', order: { ...order, trigger, price_bound: order.price_bound, updated_at: at } };
  }
  try {
    const processing = beingExecuted(order, trigger, at);
    const released = releaseHold(order, funds, at);
    return { kind: 'executed', executed: executeOrder(processing, context, { funds: released, quote }) };
  } catch (error) {
    // A refusal by a rule, such as an amount too large to be stored. Anything else is a bug and must surface.
    if (!(error instanceof ProblemError)) throw error;
    const ending = { status: 'failed', reason: error.message, trigger, eventId, at } as const;
    return { kind: 'ended', ended: endOrder(order, funds, ending) };
  }
}

function beingExecuted(order: OpenOrder, trigger: Trigger, at: IsoTime): OrderIn<'processing'> {
  const { hold: _released, ...kept } = order;
  const reason = `triggered at ${priceFor(sideOf(order.order_type), trigger.quote)}`;
  const step = advance(order, 'processing', at, reason);
  if (!('limit' in kept)) return { ...kept, ...step, trigger };
  const { total_at_limit: _expected, ...limitOrder } = kept;
  return { ...limitOrder, ...step, trigger };
}

/** Returns whether an open order is past its expiry. */
export function isExpired({ expires_at }: OpenOrder, at: IsoTime): boolean {
  return expires_at <= at;
}

/** Expires an open order and releases its hold. */
export function expire(
  order: OpenOrder,
  funds: Funds,
  { eventId, at }: Pick<ExecutionContext, 'eventId' | 'at'>,
): OpenOrderOutcome {
  const reason = `expired at ${order.expires_at}`;
  return { kind: 'ended', ended: endOrder(order, funds, { status: 'expired', reason, eventId, at }) };
}
