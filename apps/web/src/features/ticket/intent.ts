import type { OrderRequest } from '../../api/orders/order-request.ts';
import type { ValidDays } from './ticket-state.ts';
import { DEFAULT_VALID_DAYS } from './ticket-state.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** One order that somebody wants: the same key and the same words for every attempt to send it. */
export interface Intent {
  readonly wanted: Wanted;
  readonly request: OrderRequest & { readonly client_order_id: string };
}

interface Wanted {
  readonly request: OrderRequest;
  readonly validDays: ValidDays;
}

/**
 * The intent behind a press of the button. While nobody knows what became of the last attempt, the same wish is the same
 * intent, so that it takes effect once; a changed one is another order.
 * @param unsettled the last intent, when its outcome is not known
 */
export function intentOf(
  wanted: Wanted,
  { unsettled, key, now }: { readonly unsettled: Intent | undefined; readonly key: string; readonly now: Date },
): Intent {
  if (unsettled && JSON.stringify(unsettled.wanted) === JSON.stringify(wanted)) return unsettled;
  return {
    wanted,
    request: { ...wanted.request, ...expiryOf(wanted, now), client_order_id: key },
  };
}

function expiryOf({ request, validDays }: Wanted, now: Date): Pick<OrderRequest, 'expires_at'> {
  const isMarket = request.order_type === 'market_buy' || request.order_type === 'market_sell';
  if (isMarket || validDays === DEFAULT_VALID_DAYS) return {};
  const days = parseInt(validDays, 10);
  return { expires_at: new Date(now.getTime() + days * DAY_MILLISECONDS).toISOString() };
}
