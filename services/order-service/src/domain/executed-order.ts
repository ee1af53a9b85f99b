import { decimal, formatUsd } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import type { Funds } from '@cnop/common/trading/end-order';
import { isLimitOrder, priceFor, sideOf } from '@cnop/common/trading/order-sides';
import { advance } from '@cnop/common/trading/order-states';
import type { OrderContext } from './new-order.ts';
import type { Trade } from './trade.ts';
import { bookTrade } from './trade.ts';

/** Everything that one execution changes; it is written as one commit or not at all. */
export interface ExecutedOrder
  extends Pick<Trade, 'balance' | 'holding' | 'balanceTransaction' | 'assetTransaction'> {
  readonly order: Order;
  readonly event: LiveEvent;
}

/**
 * Trades for an order that is ready to, at the price of a quote, and takes it through its last states.
 * @param funds without what the order itself had reserved
 * @throws InsufficientBalanceError (422 BUS_001), OrderRefusedError (422 BUS_002)
 */
export function executeOrder(
  order: Order,
  { tradeId, eventId, at }: Pick<OrderContext, 'tradeId' | 'eventId' | 'at'>,
  {
    funds,
    quote,
    reason = null,
    maySettleToNothing = false,
  }: {
    readonly funds: Funds;
    readonly quote: Quote;
    readonly reason?: string | null;
    readonly maySettleToNothing?: boolean;
  },
): ExecutedOrder {
  const side = sideOf(order.order_type);
  const price = priceFor(side, quote);
  const trade = bookTrade(
    {
      username: order.username,
      orderId: order.order_id,
      assetId: order.asset_id,
      side,
      quantity: decimal(order.quantity),
      price,
      feeBps: order.fee_bps,
      maySettleToNothing,
      tradeId,
      at,
    },
    funds,
  );
  const completed = advance(advance(order, 'processing', at, reason), 'completed', at);
  const executed: Order = {
    ...completed,
    price: isLimitOrder(order.order_type) ? order.price : price,
    total_amount: formatUsd(trade.settlement.total),
    fees: formatUsd(trade.settlement.fees),
    held_amount: '0',
    executed_price: price,
    executed_at: at,
  };
  const { balance, event } = nextEvent(trade.balance, {
    type: 'order.completed',
    id: eventId,
    at,
    order: executed,
    holding: trade.holding,
  });
  const { holding, balanceTransaction, assetTransaction } = trade;
  return { order: executed, balance, holding, balanceTransaction, assetTransaction, event };
}
