import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import type { OrderTerms } from './order-terms.ts';

/** Who orders and when: made before the decision, since the decision may run more than once. */
export interface OrderContext {
  readonly username: string;
  readonly orderId: string;
  readonly tradeId: string;
  readonly eventId: string;
  readonly at: string;
}

/** An order as it begins: pending, with nothing moved or reserved. */
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
