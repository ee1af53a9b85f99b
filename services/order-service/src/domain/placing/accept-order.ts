import { decimal, formatDecimal, formatUsd } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import type { Balance } from '@cnop/common/entities/user/balance';
import { countOpenOrder } from '@cnop/common/entities/user/balance-rules';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import type { Funds, Hold } from '@cnop/common/trading/holds';
import { cashHold, holdCash, holdUnits, unitsHold } from '@cnop/common/trading/holds';
import { OpenOrderLimitError } from '@cnop/common/trading/order-errors';
import { advance } from '@cnop/common/trading/order-states';
import type { Settlement } from '@cnop/common/trading/settlement';
import { settle } from '@cnop/common/trading/settlement';
import { trailingStopPrice } from '@cnop/common/trading/trigger-rules';
import type { OrderTerms } from './order-terms.ts';

/** The user, ids and time of an order. Made before the decision, which may run more than once. */
export interface OrderContext {
  readonly username: string;
  readonly orderId: string;
  readonly tradeId: string;
  readonly eventId: string;
  readonly at: string;
}

/** Creates a pending order: nothing is moved or held yet. */
export function newOrder(
  terms: OrderTerms,
  { username, orderId, at }: OrderContext,
  { quantity, acceptedQuote }: { readonly quantity: string; readonly acceptedQuote: Quote | null },
): Order {
  return {
    order_id: orderId,
    username,
    asset_id: terms.assetId,
    order_type: terms.orderType,
    status: 'pending',
    quantity,
    price: terms.limit,
    total_amount: null,
    fees: '0.00',
    fee_bps: terms.feeBps,
    description: terms.description,
    client_order_id: terms.clientOrderId,
    price_bound: terms.priceBound,
    stop_price: terms.stopPrice,
    trail_amount: terms.trailAmount,
    trail_percent: terms.trailPercent,
    held_amount: '0',
    accepted_quote: acceptedQuote,
    trigger_quote: null,
    trigger_price: null,
    executed_price: null,
    created_at: at,
    updated_at: at,
    executed_at: null,
    cancelled_at: null,
    expires_at: terms.expiresAt,
    history: [{ status: 'pending', at, reason: null }],
  };
}

/** Everything that the acceptance of an open order changes, in one commit. */
export interface AcceptedOrder {
  readonly order: Order;
  readonly hold: Hold;
  readonly balance: Balance;
  /** Present when units of the asset are held. */
  readonly holding: StoredAssetBalance | undefined;
  readonly event: LiveEvent;
}

/**
 * Accepts an open order: holds the most that its execution may need, and queues it.
 * @throws InsufficientBalanceError (422 BUS_001)
 * @throws OrderRefusedError (422 BUS_002) when a sale would bring less than a cent, or more than can be stored
 */
export function acceptOrder(
  terms: OrderTerms,
  context: OrderContext,
  { funds, quote }: { readonly funds: Funds; readonly quote: Quote },
): AcceptedOrder {
  const { at } = context;
  const quantity = formatDecimal(decimal(terms.quantity));
  const drafted = newOrder(terms, context, { quantity, acceptedQuote: quote });
  const expected = expectedSettlement(terms, quote);
  const { hold, ...held } = holdFor(terms, { funds, expected, at });
  const order: Order = {
    ...advance(advance(drafted, 'confirmed', at), 'queued', at, `${hold.amount} ${hold.unit} held`),
    held_amount: hold.amount,
    total_amount: terms.limit === null ? null : formatUsd(expected.total),
  };
  const { balance, event } = nextEvent(countOpenOrder(held.balance, 1), {
    type: 'order.queued',
    id: context.eventId,
    at,
    order,
    ...(held.holding && { holding: held.holding }),
  });
  return { order, hold, balance, holding: held.holding, event };
}

/**
 * Refuses one more open order for a user who has as many as allowed. An account whose open orders were never counted
 * passes: the use case counts them first.
 * @throws OpenOrderLimitError (422 BUS_002)
 */
export function assertBelowOrderLimit({ open_order_count: openOrders }: Balance, limit: number): void {
  if (openOrders !== null && openOrders >= limit) throw new OpenOrderLimitError({ openOrders, limit });
}

/** Returns the price that triggers an order of these terms, in USD per unit; of a trailing stop, the current one. */
export function triggerPriceOf(
  { limit, stopPrice, trailAmount, trailPercent }: OrderTerms,
  { bid }: Quote,
): string {
  const trail = { trail_amount: trailAmount, trail_percent: trailPercent };
  return limit ?? stopPrice ?? formatDecimal(trailingStopPrice(trail, bid));
}

/** The trade at the trigger price: the most that a buy can cost. */
function expectedSettlement(terms: OrderTerms, quote: Quote): Settlement {
  const { side, quantity, feeBps } = terms;
  return settle(side, { quantity: decimal(quantity), price: triggerPriceOf(terms, quote), feeBps });
}

function holdFor(
  { side, assetId, quantity }: OrderTerms,
  { funds, expected, at }: { readonly funds: Funds; readonly expected: Settlement; readonly at: string },
): Pick<AcceptedOrder, 'hold' | 'balance' | 'holding'> {
  if (side === 'buy') {
    const balance = holdCash(funds.balance, expected.cash, at);
    return { hold: cashHold(expected), balance, holding: undefined };
  }
  const units = decimal(quantity);
  const holding = holdUnits(funds.holding, { assetId, quantity: units, at });
  return { hold: unitsHold(assetId, units), balance: funds.balance, holding };
}
