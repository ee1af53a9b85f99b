import { InternalError } from '@cnop/exception/errors';
import type { Price } from '../../core/brands.ts';
import { knownQuantity, knownUsd } from '../../core/brands.ts';
import { formatUsd, ZERO } from '../../core/money.ts';
import type { Quote } from '../inventory/quote.ts';
import type {
  Fill,
  Hold,
  LimitOrder,
  MarketOrder,
  Order,
  OrderCore,
  StopConditions,
  StopOrder,
  Trail,
  TrailingConditions,
  Trigger,
  WasOpen,
} from './order.ts';
import type { OrderDocument, OrderRefund } from './order-document.ts';

const NO_FEES = formatUsd(ZERO);
const NOTHING_HELD = '0';

/** Converts an order to the form that is stored and sent. */
export function documentOf(order: Order): OrderDocument {
  const { accepted_quote, trigger } = order;
  const fill = order.status === 'completed' ? order.fill : null;
  const limit = 'limit' in order ? order.limit : null;
  const trail = 'trail' in order ? order.trail : null;
  const document: OrderDocument = {
    order_id: order.order_id,
    username: order.username,
    asset_id: order.asset_id,
    order_type: order.order_type,
    status: order.status,
    quantity: order.quantity,
    price: limit ?? fill?.price ?? null,
    total_amount: fill?.total ?? ('total_at_limit' in order ? order.total_at_limit : null),
    fees: fill?.fees ?? NO_FEES,
    fee_bps: order.fee_bps,
    description: order.description,
    client_order_id: order.client_order_id,
    price_bound: 'price_bound' in order ? order.price_bound : null,
    stop_price: 'stop_price' in order ? order.stop_price : null,
    trail_amount: trail && 'amount' in trail ? trail.amount : null,
    trail_percent: trail && 'percent' in trail ? trail.percent : null,
    held_amount: order.status === 'queued' ? amountHeld(order.hold) : NOTHING_HELD,
    accepted_quote,
    trigger_quote: trigger?.quote ?? null,
    trigger_price: trigger?.price ?? null,
    executed_price: fill?.price ?? null,
    created_at: order.created_at,
    updated_at: order.updated_at,
    executed_at: fill?.at ?? null,
    cancelled_at: order.status === 'cancelled' ? order.cancelled_at : null,
    expires_at: 'expires_at' in order ? order.expires_at : null,
    history: order.history,
  };
  // Most orders have none, and a spread would take microseconds of each.
  return order.status === 'completed' && order.refund ? { ...document, refund: order.refund } : document;
}

function amountHeld(hold: Hold): string {
  return 'cash' in hold ? hold.cash : hold.units;
}

/**
 * Converts an order from the form that is stored and sent. Inverse of `documentOf`.
 * @throws InternalError (500) when no order of this type and status has these members
 */
export function orderOf(document: OrderDocument): Order {
  const complete = withExecutedPrice(document);
  const order = candidateOf(complete);
  if (!order) throw noState(document, 'a member is missing');
  const wrong = firstDifference(documentOf(order), complete);
  if (wrong) throw noState(document, `${wrong} does not fit`);
  return order;
}

function noState({ order_id, order_type, status }: OrderDocument, problem: string): InternalError {
  return new InternalError(new Error(`order ${order_id} is no ${status} ${order_type}: ${problem}`));
}

/** Completes a filled order of an earlier version, which has the price of its fill in `price` only. */
function withExecutedPrice(document: OrderDocument): OrderDocument {
  const { status, executed_price, price } = document;
  return status === 'completed' && executed_price === null
    ? { ...document, executed_price: price }
    : document;
}

function firstDifference(one: OrderDocument, other: OrderDocument): string | undefined {
  const [left, right]: readonly Readonly<Record<string, unknown>>[] = [one, other];
  return Object.keys(one).find((name) => left?.[name] !== right?.[name]);
}

/**
 * Returns an order: the members that all orders have, its conditions and its state. Spreads come last here and below: V8
 * takes microseconds for each member that follows one.
 */
function withCore<Conditions extends object, State extends object>(
  document: OrderDocument,
  conditions: Conditions,
  state: State,
): OrderCore & Conditions & State {
  return {
    order_id: document.order_id,
    username: document.username,
    asset_id: document.asset_id,
    quantity: document.quantity,
    fee_bps: document.fee_bps,
    description: document.description,
    client_order_id: document.client_order_id,
    created_at: document.created_at,
    updated_at: document.updated_at,
    history: document.history,
    ...conditions,
    ...state,
  };
}

/** Returns the order that a document describes, whatever members it has besides; undefined when it lacks one. */
function candidateOf(document: OrderDocument): Order | undefined {
  switch (document.order_type) {
    case 'market_buy':
    case 'market_sell':
      return marketOrderOf(document, document.order_type);
    case 'limit_buy':
    case 'limit_sell':
      return limitOrderOf(document, document.order_type);
    case 'stop_loss':
    case 'take_profit':
    case 'trailing_stop':
      return stopOrderOf(document);
  }
}

function marketOrderOf(
  document: OrderDocument,
  order_type: MarketOrder['order_type'],
): MarketOrder | undefined {
  const state = neverOpenOf(document);
  return state && withCore(document, { order_type, price_bound: document.price_bound }, state);
}

function limitOrderOf(document: OrderDocument, order_type: LimitOrder['order_type']): LimitOrder | undefined {
  const { price: limit, expires_at, accepted_quote, held_amount, total_amount: total } = document;
  if (limit === null || expires_at === null) return undefined;
  const conditions = { order_type, limit, expires_at };
  if (!accepted_quote) {
    const state = neverOpenOf(document);
    return state && withCore(document, conditions, state);
  }
  const hold =
    order_type === 'limit_buy' ? { cash: knownUsd(held_amount) } : { units: knownQuantity(held_amount) };
  const withoutFill = total === null ? undefined : { total_at_limit: total };
  const state = wasOpenOf(document, { accepted_quote, hold, openTrigger: { trigger: null }, withoutFill });
  return state && withCore(document, conditions, state);
}

function stopOrderOf(document: OrderDocument): StopOrder | undefined {
  const { accepted_quote, price_bound, held_amount } = document;
  const conditions = stopConditionsOf(document);
  if (!conditions) return undefined;
  if (!accepted_quote) {
    const state = neverOpenOf(document);
    if (!state || state.status === 'processing' || state.status === 'completed') return undefined;
    return withCore(document, conditions, state);
  }
  const trigger = triggerOf(document);
  const openTrigger = trigger && price_bound !== null ? { trigger, price_bound } : { trigger: null };
  const state = wasOpenOf(document, {
    accepted_quote,
    hold: { units: knownQuantity(held_amount) },
    openTrigger,
    withoutFill: {},
  });
  return state && withCore(document, conditions, state);
}

function stopConditionsOf(document: OrderDocument): StopConditions | TrailingConditions | undefined {
  const { order_type, stop_price, price_bound, expires_at, trail_amount, trail_percent } = document;
  if (expires_at === null) return undefined;
  if (order_type === 'stop_loss' || order_type === 'take_profit') {
    return stop_price === null ? undefined : { order_type, stop_price, price_bound, expires_at };
  }
  if (order_type !== 'trailing_stop') return undefined;
  const trail = trailOf(trail_amount, trail_percent);
  return trail && { order_type, trail, price_bound, expires_at };
}

function trailOf(amount: Price | null, percent: string | null): Trail | undefined {
  if (amount !== null) return { amount };
  return percent === null ? undefined : { percent };
}

function neverOpenOf(document: OrderDocument) {
  const { status, cancelled_at } = document;
  const accepted_quote = null;
  const trigger = null;
  switch (status) {
    case 'pending':
    case 'confirmed':
    case 'failed':
      return { accepted_quote, trigger, status };
    case 'processing':
      return { accepted_quote, trigger, status };
    case 'cancelled':
      return cancelled_at === null ? undefined : { accepted_quote, trigger, status, cancelled_at };
    case 'completed': {
      const fill = fillOf(document);
      return fill && { accepted_quote, trigger, status, fill, ...refundOf(document) };
    }
    default:
      return undefined;
  }
}

function wasOpenOf<Held extends Hold, OpenTrigger, WithoutFill>(
  document: OrderDocument,
  {
    accepted_quote,
    hold,
    openTrigger,
    withoutFill,
  }: {
    readonly accepted_quote: Quote;
    readonly hold: Held;
    readonly openTrigger: OpenTrigger;
    readonly withoutFill: WithoutFill | undefined;
  },
): WasOpen<Held, OpenTrigger, WithoutFill> | undefined {
  const { status, cancelled_at } = document;
  const trigger = triggerOf(document);
  const fill = fillOf(document);
  switch (status) {
    case 'queued':
      return withoutFill && { accepted_quote, status, hold, ...openTrigger, ...withoutFill };
    case 'expired':
      return withoutFill && { accepted_quote, status, ...openTrigger, ...withoutFill };
    case 'failed':
      return withoutFill && { accepted_quote, status, trigger, ...withoutFill };
    case 'cancelled':
      if (!withoutFill || cancelled_at === null) return undefined;
      return { accepted_quote, status, cancelled_at, ...openTrigger, ...withoutFill };
    case 'processing':
      return trigger ? { accepted_quote, status, trigger } : undefined;
    case 'completed':
      return trigger && fill ? { accepted_quote, status, trigger, fill, ...refundOf(document) } : undefined;
    default:
      return undefined;
  }
}

function triggerOf({ trigger_quote: quote, trigger_price: price }: OrderDocument): Trigger | null {
  return quote === null || price === null ? null : { quote, price };
}

function fillOf(document: OrderDocument): Fill | undefined {
  const { executed_price: price, total_amount: total, fees, executed_at: at } = document;
  return price === null || total === null || at === null ? undefined : { price, total, fees, at };
}

function refundOf({ refund }: OrderDocument): { readonly refund?: OrderRefund } {
  return refund ? { refund } : {};
}
