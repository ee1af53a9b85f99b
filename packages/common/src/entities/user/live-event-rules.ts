import { addSeconds } from '../../core/clock.ts';
import type { StoredAssetBalance } from '../asset/asset-balance.ts';
import type { Order } from '../order/order.ts';
import type { Balance } from './balance.ts';
import type { LiveEvent, LiveEventType } from './live-event.ts';

/** How long an event is shown. */
export const EVENT_RETENTION_SECONDS = 30 * 24 * 60 * 60;

/** Whether an event is too old to be shown, be it deleted yet or not. */
export function isExpiredEvent({ occurred_at }: Pick<LiveEvent, 'occurred_at'>, now: Date): boolean {
  return addSeconds(new Date(occurred_at), EVENT_RETENTION_SECONDS) <= now;
}

/** What one commit changed. */
export interface Change {
  readonly type: LiveEventType;
  readonly id: string;
  readonly at: string;
  readonly order?: Order;
  readonly holding?: StoredAssetBalance;
  readonly sessionId?: string;
}

/**
 * Gives a commit the next place in the user's sequence of events. Every commit that changes money or orders writes both
 * results, so the sequence has no gap.
 * @param balance as the commit leaves it, but for the sequence
 */
export function nextEvent(
  balance: Balance,
  { type, id, at, order, holding, sessionId }: Change,
): { readonly balance: Balance; readonly event: LiveEvent } {
  const seq = balance.event_seq + 1;
  const { username, current_balance, held_balance } = balance;
  return {
    balance: { ...balance, event_seq: seq },
    event: {
      seq,
      id,
      type,
      occurred_at: at,
      username,
      data: {
        ...(order && { order: summaryOf(order) }),
        balance: { current_balance, held_balance },
        ...(holding && {
          holding: {
            asset_id: holding.asset_id,
            quantity: holding.quantity,
            held_quantity: holding.held_quantity,
          },
        }),
        ...(sessionId !== undefined && { session_id: sessionId }),
      },
    },
  };
}

function summaryOf(order: Order): NonNullable<LiveEvent['data']['order']> {
  const { order_id, client_order_id, asset_id, order_type, status } = order;
  const { quantity, executed_price, total_amount, fees } = order;
  return {
    order_id,
    client_order_id,
    asset_id,
    order_type,
    status,
    quantity,
    executed_price,
    total_amount,
    fees,
  };
}
