import { decimal, formatDecimal } from '../core/money.ts';
import type { StoredAssetBalance } from '../entities/asset/asset-balance.ts';
import type { Order } from '../entities/order/order.ts';
import type { Balance, TradingBlock } from '../entities/user/balance.ts';
import { countOpenOrder, releaseCash } from '../entities/user/balance-rules.ts';
import type { LiveEvent } from '../entities/user/live-event.ts';
import { nextEvent } from '../entities/user/live-event.ts';
import { sideOf } from './order-sides.ts';
import { advance } from './order-states.ts';

/** The balance and the position that a decision about an order reads. */
export interface Funds {
  readonly balance: Balance;
  readonly holding: StoredAssetBalance | undefined;
}

interface ReleasedFunds extends Funds {
  /** The position, when units of it were released; undefined when it need not be written. */
  readonly changedHolding: StoredAssetBalance | undefined;
}

/** Releases the hold of an open order and takes the order out of the count of open orders. */
export function releaseHold(order: Order, funds: Funds, at: string): ReleasedFunds {
  const held = decimal(order.held_amount);
  const { holding } = funds;
  const balance = countOpenOrder(funds.balance, -1);
  if (held.eq('0')) return { balance, holding, changedHolding: undefined };
  if (sideOf(order.order_type) === 'buy') {
    return { balance: releaseCash(balance, held, at), holding, changedHolding: undefined };
  }
  // A sale is accepted only with a position, and positions are never deleted.
  const released = holding && {
    ...holding,
    held_quantity: formatDecimal(decimal(holding.held_quantity).minus(held)),
    updated_at: at,
  };
  return { balance, holding: released, changedHolding: released };
}

/** The end of an order without a fill. */
export interface Ending {
  readonly status: 'cancelled' | 'expired' | 'failed';
  /** The reason in the order's history, which the user sees. */
  readonly reason: string;
  readonly eventId: string;
  readonly at: string;
}

/** Returns the reason in the history of an order that is cancelled because its account may not trade. */
export function accountClosedReason(block: TradingBlock): string {
  return `the account is ${block}`;
}

/** All that the end of an order changes. */
export interface EndedOrder {
  readonly order: Order;
  readonly balance: Balance;
  /** The position, when units of it were released. */
  readonly holding: StoredAssetBalance | undefined;
  readonly event: LiveEvent;
}

/**
 * Ends an open order and releases its hold.
 * @throws StateConflictError (409) when the order is final
 */
export function endOrder(order: Order, funds: Funds, ending: Ending): EndedOrder {
  const { status, reason, eventId, at } = ending;
  const ended: Order = {
    ...advance(order, status, at, reason),
    held_amount: '0',
    ...(status === 'cancelled' && { cancelled_at: at }),
  };
  const released = releaseHold(order, funds, at);
  const { balance, event } = nextEvent(released.balance, {
    type: `order.${status}`,
    id: eventId,
    at,
    order: ended,
    ...(released.changedHolding && { holding: released.changedHolding }),
  });
  return { order: ended, balance, holding: released.changedHolding, event };
}
