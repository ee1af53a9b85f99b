import type { EventId, IsoTime } from '../core/brands.ts';
import type { StoredAssetBalance } from '../entities/asset/asset-balance.ts';
import type { OpenOrder, Order, OrderIn, Trigger } from '../entities/order/order.ts';
import { advance, assertOpen } from '../entities/order/order.ts';
import type { Balance, TradingBlock } from '../entities/user/balance.ts';
import type { LiveEvent } from '../entities/user/live-event.ts';
import { nextEvent } from '../entities/user/live-event.ts';
import type { Funds } from './holds.ts';
import { releaseHold } from './holds.ts';

/** The end of an order without a fill. */
export type Ending = (
  | { readonly status: 'cancelled' | 'expired' }
  | {
      readonly status: 'failed';
      /** The trigger whose execution failed. */
      readonly trigger: Trigger;
    }
) & {
  /** The reason in the order's history, which the user sees. */
  readonly reason: string;
  readonly eventId: EventId;
  readonly at: IsoTime;
};

/** Returns the reason in the history of an order that is cancelled because its account may not trade. */
export function accountClosedReason(block: TradingBlock): string {
  return `the account is ${block}`;
}

/** All that the end of an order changes. */
export interface EndedOrder {
  readonly order: OrderIn<Ending['status']>;
  readonly balance: Balance;
  /** The position, when units of it were released. */
  readonly holding: StoredAssetBalance | undefined;
  readonly event: LiveEvent;
}

/**
 * Ends an open order and releases its hold.
 * @throws StateConflictError (409) when the order is not open
 */
export function endOrder(order: Order, funds: Funds, ending: Ending): EndedOrder {
  assertOpen(order, ending.status);
  const ended = endedOf(order, ending);
  const released = releaseHold(order, funds, ending.at);
  const { balance, event } = nextEvent(released.balance, {
    type: `order.${ending.status}`,
    id: ending.eventId,
    at: ending.at,
    order: ended,
    ...(released.changedHolding && { holding: released.changedHolding }),
  });
  return { order: ended, balance, holding: released.changedHolding, event };
}

function endedOf(order: OpenOrder, ending: Ending): EndedOrder['order'] {
  const { hold: _released, ...kept } = order;
  const { at, reason } = ending;
  switch (ending.status) {
    case 'cancelled':
      return { ...kept, ...advance(order, 'cancelled', at, reason), cancelled_at: at };
    case 'expired':
      return { ...kept, ...advance(order, 'expired', at, reason) };
    case 'failed':
      return { ...kept, ...advance(order, 'failed', at, reason), trigger: ending.trigger };
  }
}
