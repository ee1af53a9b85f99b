import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { OrderRequest } from '../../api/orders/order-request.ts';
import { previewQuery } from '../../api/orders/preview-order.ts';
import { useDebounced } from './use-debounced.ts';

const TYPING_PAUSE_MILLISECONDS = 250;
/** The price moves on; what the order would do moves with it. */
const REFRESH_MILLISECONDS = 3_000;

export interface LivePreview {
  readonly preview: OrderPreview | undefined;
  /** The preview is of exactly what the ticket says, so what it refuses is refused. */
  readonly isCurrent: boolean;
}

/** What the server says about the ticket, a moment after it was changed. */
export function useOrderPreview(request: OrderRequest | undefined, isSignedIn: boolean): LivePreview {
  const text = JSON.stringify(request);
  const rested = useDebounced(text, TYPING_PAUSE_MILLISECONDS);
  const asked = rested === undefined ? undefined : (JSON.parse(rested) as OrderRequest);
  const { data, isPlaceholderData } = useQuery({
    ...previewQuery(asked),
    enabled: isSignedIn && asked !== undefined,
    refetchInterval: REFRESH_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
  const isCurrent = rested === text && !isPlaceholderData;
  return { preview: request ? data : undefined, isCurrent };
}
