import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Order } from '@cnop/common/entities/order/order';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event-rules';
import { advance } from './order-states.ts';
import { releaseHold } from './release-hold.ts';
import type { Books } from './trade.ts';

/** How an order ends without a trade. */
export interface Ending {
  readonly status: 'cancelled' | 'expired' | 'failed';
  /** For people: it is kept in the history. */
  readonly reason: string;
  readonly eventId: string;
  readonly at: string;
}

/** What the end of an order changes. */
export interface EndedOrder {
  readonly order: Order;
  readonly balance: Balance;
  /** Present when units of the asset were given back. */
  readonly holding: StoredAssetBalance | undefined;
  readonly event: LiveEvent;
}

/**
 * Ends an order and gives back what it had reserved.
 * @throws StateConflictError (409) when the order is final
 */
export function endOrder(order: Order, books: Books, ending: Ending): EndedOrder {
  const { status, reason, eventId, at } = ending;
  const ended: Order = {
    ...advance(order, status, at, reason),
    held_amount: '0',
    ...(status === 'cancelled' && { cancelled_at: at }),
  };
  const released = releaseHold(order, books, at);
  const { balance, event } = nextEvent(released.balance, {
    type: `order.${status}`,
    id: eventId,
    at,
    order: ended,
    ...(released.changedHolding && { holding: released.changedHolding }),
  });
  return { order: ended, balance, holding: released.changedHolding, event };
}
