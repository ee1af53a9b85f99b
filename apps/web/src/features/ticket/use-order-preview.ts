import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { OrderRequest } from '../../api/orders/order-request.ts';
import { previewQuery } from '../../api/orders/preview-order.ts';
import type { TicketState } from './ticket-state.ts';
import { useDebounced } from './use-debounced.ts';

const TYPING_PAUSE_MILLISECONDS = 250;
/** The price moves on; what the order would do moves with it. */
const REFRESH_MILLISECONDS = 2_000;

export interface LivePreviewOptions {
  readonly assetId: string;
  readonly state: TicketState;
  /** What the ticket comes to at the price of now; undefined while it is not complete. */
  readonly request: OrderRequest | undefined;
  readonly isSignedIn: boolean;
}

export interface LivePreview {
  readonly preview: OrderPreview | undefined;
  /** The preview is of what the ticket says now, so what it refuses is refused. */
  readonly isCurrent: boolean;
}

/**
 * What the server says about the ticket, a moment after it was changed. A preview belongs to what was typed: the quantity
 * that a value comes to changes with every tick, and asking for each would never come to rest.
 */
export function useOrderPreview({ assetId, state, request, isSignedIn }: LivePreviewOptions): LivePreview {
  const typed = JSON.stringify([assetId, state]);
  const rested = useDebounced(typed, TYPING_PAUSE_MILLISECONDS);
  const { data, isPlaceholderData } = useQuery({
    // Each time it is asked for, the request is the one of the latest price.
    ...previewQuery(rested, request),
    enabled: isSignedIn && request !== undefined && rested === typed,
    refetchInterval: REFRESH_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
  const isCurrent = rested === typed && !isPlaceholderData;
  return { preview: request ? data : undefined, isCurrent };
}
