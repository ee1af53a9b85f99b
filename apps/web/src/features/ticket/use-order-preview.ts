import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { OrderRequest } from '../../api/orders/place-order.ts';
import { previewQuery } from '../../api/orders/place-order.ts';
import type { TicketState } from './ticket-state.ts';

const TYPING_PAUSE_MILLISECONDS = 250;
/** The price moves on; what the order would do moves with it. */
const REFRESH_MILLISECONDS = 2_000;

interface LivePreviewOptions {
  readonly assetId: string;
  readonly state: TicketState;
  /** What the ticket comes to at the price of now; undefined while it is not complete. */
  readonly request: OrderRequest | undefined;
  readonly isSignedIn: boolean;
}

interface LivePreview {
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

/** A value once it has rested: every keystroke would be a request otherwise. */
function useDebounced<Value>(value: Value, delayMilliseconds: number): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), delayMilliseconds);
    return () => clearTimeout(timer);
  }, [value, delayMilliseconds]);
  return rested;
}
