import type { ClientOrderId } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { OrderRequest } from '../../api/orders/place-order.ts';
import type { TicketState } from './ticket-state.ts';
import { DEFAULT_VALID_DAYS } from './ticket-state.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** One order of the user: the same key and the same body for every attempt to send it. */
export interface OrderIntent {
  readonly ticket: TicketState;
  readonly request: OrderRequest & { readonly client_order_id: ClientOrderId };
}

export interface OrderDraft {
  /** The input of the user. */
  readonly ticket: TicketState;
  /** The order at the current price. */
  readonly request: OrderRequest;
}

/**
 * Returns the intent to send when the user submits. While the outcome of the last attempt is unknown, an equal ticket
 * is the same intent, so that it takes effect once even if another price would change the quantity. A different ticket
 * is a new order.
 * @param unsettled the last intent, if its outcome is unknown
 */
export function orderIntentOf(
  { ticket, request }: OrderDraft,
  {
    unsettled,
    key,
    now,
  }: { readonly unsettled: OrderIntent | undefined; readonly key: ClientOrderId; readonly now: Date },
): OrderIntent {
  if (unsettled && JSON.stringify(unsettled.ticket) === JSON.stringify(ticket)) return unsettled;
  return { ticket, request: { ...request, ...expiryOf(ticket, now), client_order_id: key } };
}

function expiryOf({ kind, validDays }: TicketState, now: Date): Pick<OrderRequest, 'expires_at'> {
  if (kind === 'market' || validDays === DEFAULT_VALID_DAYS) return {};
  const days = parseInt(validDays, 10);
  return { expires_at: isoTime(new Date(now.getTime() + days * DAY_MILLISECONDS)) };
}
