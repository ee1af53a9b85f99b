import type { IsoTime, OrderId, Price, Quantity, Usd, Username } from '@cnop/common/core/brands';
import { decimal, formatPrice, formatQuantity, formatUsd } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Advance, Hold, OpenOrder } from '@cnop/common/entities/order/order';
import { advance, sideOf } from '@cnop/common/entities/order/order';
import type { OrderCreate, OrderStatus } from '@cnop/common/entities/order/order-document';
import type { Balance } from '@cnop/common/entities/user/balance';
import {
  assertNotBlocked,
  countOpenOrder,
  InsufficientBalanceError,
} from '@cnop/common/entities/user/balance-rules';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import { assertOrderValue } from '@cnop/common/entities/user/tier-limits';
import type { Funds } from '@cnop/common/trading/holds';
import {
  availableUnits,
  cashHold,
  holdCash,
  holdUnits,
  shownHold,
  unitsHold,
} from '@cnop/common/trading/holds';
import type { Settlement } from '@cnop/common/trading/settlement';
import { settle } from '@cnop/common/trading/settlement';
import { assertTradableQuote, meetsLimit, trailingStopPrice } from '@cnop/common/trading/trigger-rules';
import { ProblemError } from '@cnop/exception/problem-error';
import type { ExecutedOrder, ExecutionContext } from '../filling/execute-order.ts';
import { executeOrder } from '../filling/execute-order.ts';
import { assertMarketAllows } from './market-rules.ts';
import type { ExecutableTerms, OpenableTerms, OrderTerms } from './order-terms.ts';
import { ALL_AVAILABLE, isMarketOrder, orderTerms, sellsAll } from './order-terms.ts';

/** 422 BUS_002: the user has as many open orders as one user may have. */
class OpenOrderLimitError extends ProblemError {
  constructor({ openOrders, limit }: { readonly openOrders: number; readonly limit: number }) {
    super('BUS_002', {
      detail: `You have ${openOrders} open orders, and ${limit} is the limit. Cancel one first.`,
      extensions: { open_orders: openOrders, limit },
    });
  }
}

/** The user, ids and time of an order. Made before the decision, which may run more than once. */
export interface OrderContext extends ExecutionContext {
  readonly username: Username;
  readonly orderId: OrderId;
}

/** Everything that the decision about a request depends on. */
export interface OrderSituation {
  readonly request: OrderCreate;
  readonly asset: Asset | undefined;
  /** The latest quote, however old. */
  readonly quote: Quote | undefined;
  readonly now: Date;
  readonly maxQuoteAgeSeconds: number;
  /** The most open orders that one user may have. */
  readonly maxOpenOrders: number;
  /** USD, the most that the order may be worth; absent without a limit. */
  readonly maxOrderValue?: Usd | undefined;
  readonly context: OrderContext;
  readonly funds: Funds;
}

/** The result of placing an order. */
export type Placement =
  | { readonly kind: 'executed'; readonly executed: ExecutedOrder }
  | { readonly kind: 'queued'; readonly accepted: AcceptedOrder };

/**
 * Checks a request against the account, its asset and the market, then fills the order at once or queues it:
 *
 * - A market order is filled at the quote.
 * - A limit order that the quote meets is filled at the quote.
 * - Any other order is queued, and holds what its execution may need.
 *
 * @throws ForbiddenError (403) when the account may not trade
 * @throws NotFoundError (404) for an unknown asset
 * @throws ValidationError, AssetNotTradableError, OrderRefusedError, InsufficientBalanceError, OpenOrderLimitError,
 *   OrderValueLimitError (all 422)
 * @throws QuoteRefusedError (503)
 * @see docs/reference/orders.md
 */
export function decidePlacement(situation: OrderSituation): Placement {
  const { request, asset, now, maxQuoteAgeSeconds: maxAgeSeconds } = situation;
  assertNotBlocked(situation.funds.balance);
  const terms = orderTerms(request, asset, now);
  const quote = assertTradableQuote(terms.asset_id, situation.quote, { now, maxAgeSeconds });
  assertMarketAllows(terms, quote);
  return executeOrQueue(terms, quote, situation);
}

/** Decides the last step of `decidePlacement`, for terms that fit and a market that allows them. */
export function executeOrQueue(
  terms: OrderTerms,
  quote: Quote,
  {
    context,
    funds,
    maxOpenOrders,
    maxOrderValue,
  }: Pick<OrderSituation, 'context' | 'funds' | 'maxOpenOrders' | 'maxOrderValue'>,
): Placement {
  if (
    isMarketOrder(terms) ||
    ('limit' in terms && meetsLimit(sideOf(terms.order_type), terms.limit, quote))
  ) {
    const executed = executeAtOnce(terms, context, { funds, quote });
    if (maxOrderValue !== undefined) assertOrderValue(decimal(executed.order.fill.total), maxOrderValue);
    return { kind: 'executed', executed };
  }
  assertBelowOrderLimit(funds.balance, maxOpenOrders);
  return { kind: 'queued', accepted: acceptOrder(terms, context, { funds, quote, maxOrderValue }) };
}

/** Returns whether an order is filled when it is placed: any market order, and a limit order whose limit is met. */
export function executesAtOnce(terms: OrderTerms, quote: Quote): boolean {
  return (
    isMarketOrder(terms) || ('limit' in terms && meetsLimit(sideOf(terms.order_type), terms.limit, quote))
  );
}

/** Returns the first steps of an order. */
function confirmedAt(at: IsoTime): Advance<'confirmed'> {
  return advance({ status: 'pending', history: [{ status: 'pending', at, reason: null }] }, 'confirmed', at);
}

/** Returns the members of an order that was never open, except its conditions. */
function orderWithoutConditions<Status extends OrderStatus>(
  { asset_id, fee_bps, description, client_order_id }: OrderTerms,
  { username, orderId: order_id, at }: OrderContext,
  { quantity, step }: { readonly quantity: Quantity; readonly step: Advance<Status> },
) {
  return {
    order_id,
    username,
    asset_id,
    quantity,
    fee_bps,
    description,
    client_order_id,
    created_at: at,
    accepted_quote: null,
    trigger: null,
    ...step,
  };
}

function executeAtOnce(
  terms: ExecutableTerms,
  context: OrderContext,
  { funds, quote }: { readonly funds: Funds; readonly quote: Quote },
): ExecutedOrder {
  const { at } = context;
  const step = advance(confirmedAt(at), 'processing', at);
  const order = orderWithoutConditions(terms, context, { quantity: unitsOf(terms, funds), step });
  const processing =
    'limit' in terms
      ? { order_type: terms.order_type, limit: terms.limit, expires_at: terms.expires_at, ...order }
      : { order_type: terms.order_type, price_bound: terms.price_bound, ...order };
  return executeOrder(processing, context, { funds, quote, maySettleToNothing: sellsAll(terms) });
}

function unitsOf({ quantity, asset_id }: OrderTerms, { holding }: Funds): Quantity {
  if (quantity !== ALL_AVAILABLE) return formatQuantity(decimal(quantity));
  const available = availableUnits(holding);
  if (available.gt('0')) return formatQuantity(available);
  throw new InsufficientBalanceError(asset_id, {
    available: '0',
    required: 'more than 0',
    field: 'quantity',
  });
}

/** Everything that the acceptance of an open order changes, in one commit. */
export interface AcceptedOrder {
  readonly order: OpenOrder;
  readonly balance: Balance;
  /** Present when units of the asset are held. */
  readonly holding: StoredAssetBalance | undefined;
  readonly event: LiveEvent;
}

/**
 * Accepts an open order: holds the most that its execution may need, and queues it.
 * @throws OrderValueLimitError (422 BUS_004), InsufficientBalanceError (422 BUS_001)
 * @throws OrderRefusedError (422 BUS_002) when a sale would bring less than a cent, or more than can be stored
 */
function acceptOrder(
  terms: OpenableTerms,
  context: OrderContext,
  {
    funds,
    quote,
    maxOrderValue,
  }: Pick<OrderSituation, 'funds' | 'maxOrderValue'> & { readonly quote: Quote },
): AcceptedOrder {
  const { at } = context;
  const quantity = decimal(terms.quantity);
  const price = triggerPriceOf(terms, quote);
  // The trade at the trigger price is the most that a buy can cost.
  const expected = settle(sideOf(terms.order_type), { quantity, price, feeBps: terms.fee_bps });
  assertOrderValue(expected.total, maxOrderValue);
  const isBuy = sideOf(terms.order_type) === 'buy';
  const holding = isBuy ? undefined : holdUnits(funds.holding, { assetId: terms.asset_id, quantity, at });
  const order = openOrder(terms, context, { quote, expected });
  const held = isBuy ? holdCash(funds.balance, expected.cash, at) : funds.balance;
  const { balance, event } = nextEvent(countOpenOrder(held, 1), {
    type: 'order.queued',
    id: context.eventId,
    at,
    order,
    ...(holding && { holding }),
  });
  return { order, balance, holding, event };
}

function openOrder(
  terms: OpenableTerms,
  context: OrderContext,
  { quote, expected }: { readonly quote: Quote; readonly expected: Settlement },
): OpenOrder {
  const quantity = decimal(terms.quantity);
  const units = unitsHold(quantity);
  const hold: Hold = sideOf(terms.order_type) === 'buy' ? cashHold(expected) : units;
  const { amount, unit } = shownHold(hold, terms.asset_id);
  const step = advance(confirmedAt(context.at), 'queued', context.at, `${amount} ${unit} held`);
  const order = orderWithoutConditions(terms, context, { quantity: formatQuantity(quantity), step });
  if ('limit' in terms) {
    const { order_type, limit, expires_at } = terms;
    const total_at_limit = formatUsd(expected.total);
    return { order_type, limit, expires_at, hold, total_at_limit, ...order, accepted_quote: quote };
  }
  const { price_bound, expires_at } = terms;
  const accepted = { price_bound, expires_at, hold: units, ...order, accepted_quote: quote };
  return 'trail' in terms
    ? { order_type: terms.order_type, trail: terms.trail, ...accepted }
    : { order_type: terms.order_type, stop_price: terms.stop_price, ...accepted };
}

/**
 * Refuses one more open order for a user who has as many as allowed. An account whose open orders were never counted
 * passes: the use case counts them first.
 * @throws OpenOrderLimitError (422 BUS_002)
 */
function assertBelowOrderLimit({ open_order_count: openOrders }: Balance, limit: number): void {
  if (openOrders !== null && openOrders >= limit) throw new OpenOrderLimitError({ openOrders, limit });
}

/** Returns the price that triggers an order of these terms, in USD per unit; of a trailing stop, the current one. */
export function triggerPriceOf(terms: OpenableTerms, { bid }: Quote): Price {
  if ('limit' in terms) return terms.limit;
  return 'trail' in terms ? formatPrice(trailingStopPrice(terms.trail, bid)) : terms.stop_price;
}
