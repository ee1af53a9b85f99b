import type { StoredAssetBalance } from '../entities/asset/asset-balance.ts';
import type { Order } from '../entities/order/order.ts';
import type { Balance, TradingBlock } from '../entities/user/balance.ts';
import type { LiveEvent } from '../entities/user/live-event.ts';
import { nextEvent } from '../entities/user/live-event.ts';
import type { Funds } from './holds.ts';
import { releaseHold } from './holds.ts';
import { advance } from './order-states.ts';

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
