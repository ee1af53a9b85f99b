import type { OrderRequest } from '../../api/orders/place-order.ts';
import type { TicketState } from './ticket-state.ts';
import { DEFAULT_VALID_DAYS } from './ticket-state.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** One order that somebody wants: the same key and the same words for every attempt to send it. */
export interface Intent {
  readonly ticket: TicketState;
  readonly request: OrderRequest & { readonly client_order_id: string };
}

export interface Wish {
  /** What was chosen and typed. */
  readonly ticket: TicketState;
  /** What it comes to at the price of now. */
  readonly request: OrderRequest;
}

/**
 * The intent behind a press of the button. While nobody knows what became of the last attempt, the same ticket is the
 * same intent, so that it takes effect once, even where a price that moved would make another quantity of it. A changed
 * ticket is another order.
 * @param unsettled the last intent, when its outcome is not known
 */
export function intentOf(
  { ticket, request }: Wish,
  {
    unsettled,
    key,
    now,
  }: { readonly unsettled: Intent | undefined; readonly key: string; readonly now: Date },
): Intent {
  if (unsettled && JSON.stringify(unsettled.ticket) === JSON.stringify(ticket)) return unsettled;
  return { ticket, request: { ...request, ...expiryOf(ticket, now), client_order_id: key } };
}

function expiryOf({ kind, validDays }: TicketState, now: Date): Pick<OrderRequest, 'expires_at'> {
  if (kind === 'market' || validDays === DEFAULT_VALID_DAYS) return {};
  const days = parseInt(validDays, 10);
  return { expires_at: new Date(now.getTime() + days * DAY_MILLISECONDS).toISOString() };
}
