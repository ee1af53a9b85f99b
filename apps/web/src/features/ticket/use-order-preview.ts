import type { AssetId } from '@cnop/common/core/brands';
import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { OrderRequest } from '../../api/orders/place-order.ts';
import { previewQuery } from '../../api/orders/place-order.ts';
import { useRested } from '../../ui/use-rested.ts';
import type { TicketState } from './ticket-state.ts';

/** The preview follows the price. */
const REFRESH_MILLISECONDS = 2_000;

interface LivePreviewOptions {
  readonly assetId: AssetId;
  readonly state: TicketState;
  /** The order at the current price; `undefined` while the ticket is incomplete. */
  readonly request: OrderRequest | undefined;
  readonly isSignedIn: boolean;
}

interface LivePreview {
  readonly preview: OrderPreview | undefined;
  /** Whether the preview belongs to the current input. */
  readonly isCurrent: boolean;
}

/**
 * Previews the ticket on the server a moment after it was changed. The preview is cached by the input, not by the
 * quantity, which changes with every tick of a ticket in USD.
 */
export function useOrderPreview({ assetId, state, request, isSignedIn }: LivePreviewOptions): LivePreview {
  const typed = JSON.stringify([assetId, state]);
  const rested = useRested(typed);
  const { data, isPlaceholderData } = useQuery({
    // Each refetch uses the request at the latest price.
    ...previewQuery(rested, request),
    enabled: isSignedIn && request !== undefined && rested === typed,
    refetchInterval: REFRESH_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
  const isCurrent = rested === typed && !isPlaceholderData;
  return { preview: request ? data : undefined, isCurrent };
}
