import { decimal, formatDecimal, formatUsd } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import type { Balance } from '@cnop/common/entities/user/balance';
import { countOpenOrder, holdCash } from '@cnop/common/entities/user/balance-rules';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import type { Funds } from '@cnop/common/trading/end-order';
import { advance } from '@cnop/common/trading/order-states';
import type { Hold } from './hold.ts';
import { cashHold, unitsHold } from './hold.ts';
import { holdUnits } from './holding.ts';
import type { OrderContext } from './new-order.ts';
import { newOrder } from './new-order.ts';
import { OpenOrderLimitError } from './order-errors.ts';
import type { OrderTerms } from './order-terms.ts';
import type { Settlement } from './settlement.ts';
import { settle } from './settlement.ts';
import { trailingStopPrice } from './trigger-rules.ts';

/** What the acceptance of an order that waits changes. */
export interface AcceptedOrder {
  readonly order: Order;
  readonly hold: Hold;
  readonly balance: Balance;
  /** Present when units of the asset were reserved. */
  readonly holding: StoredAssetBalance | undefined;
  readonly event: LiveEvent;
}

/**
 * Accepts an order that waits: it reserves what its execution may need at most, and is queued.
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
  const { hold, ...reserved } = reserve(terms, { funds, expected, at });
  const order: Order = {
    ...advance(advance(drafted, 'confirmed', at), 'queued', at, `${hold.amount} ${hold.unit} held`),
    held_amount: hold.amount,
    total_amount: terms.limit === null ? null : formatUsd(expected.total),
  };
  const { balance, event } = nextEvent(countOpenOrder(reserved.balance, 1), {
    type: 'order.queued',
    id: context.eventId,
    at,
    order,
    ...(reserved.holding && { holding: reserved.holding }),
  });
  return { order, hold, balance, holding: reserved.holding, event };
}

/**
 * Refuses one more open order for a user who has as many as one may have. An account whose open orders were never
 * counted is not refused here: the use case counts them first.
 * @throws OpenOrderLimitError (422 BUS_002)
 */
export function assertRoomForOrder({ open_order_count: openOrders }: Balance, limit: number): void {
  if (openOrders !== null && openOrders >= limit) throw new OpenOrderLimitError({ openOrders, limit });
}

/** The trade at the price that the order waits for: the dearest that a buy can become. */
function expectedSettlement(terms: OrderTerms, quote: Quote): Settlement {
  const { side, quantity, feeBps } = terms;
  return settle(side, { quantity: decimal(quantity), price: priceWaitedFor(terms, quote), feeBps });
}

/** The price that fires an order of these terms; of a trailing stop, the one of this moment. USD per unit. */
export function priceWaitedFor(
  { limit, stopPrice, trailAmount, trailPercent }: OrderTerms,
  { bid }: Quote,
): string {
  const trail = { trail_amount: trailAmount, trail_percent: trailPercent };
  return limit ?? stopPrice ?? formatDecimal(trailingStopPrice(trail, bid));
}

interface Reserved {
  readonly hold: Hold;
  readonly balance: Balance;
  readonly holding: StoredAssetBalance | undefined;
}

function reserve(
  { side, assetId, quantity }: OrderTerms,
  { funds, expected, at }: { readonly funds: Funds; readonly expected: Settlement; readonly at: string },
): Reserved {
  if (side === 'buy') {
    const balance = holdCash(funds.balance, expected.cash, at);
    return { hold: cashHold(expected), balance, holding: undefined };
  }
  const units = decimal(quantity);
  const holding = holdUnits(funds.holding, { assetId, quantity: units, at });
  return { hold: unitsHold(assetId, units), balance: funds.balance, holding };
}
