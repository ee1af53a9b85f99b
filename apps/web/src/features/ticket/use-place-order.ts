import { isoTime } from '@cnop/common/core/brands';
import { systemIds } from '@cnop/common/core/ids';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { BALANCE_KEY } from '../../api/account/cash.ts';
import { HOLDINGS_KEY } from '../../api/account/portfolio.ts';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { orderKeys } from '../../api/orders/orders.ts';
import { addPending, settlePending } from '../../api/orders/pending-orders.ts';
import { placeOrder } from '../../api/orders/place-order.ts';
import type { OrderDraft, OrderIntent } from './order-intent.ts';
import { orderIntentOf } from './order-intent.ts';

export type Placement =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'placed'; readonly order: OrderDocument }
  /** The server refused the order. */
  | { readonly kind: 'refused'; readonly problem: ApiProblem }
  /** The outcome is unknown; sending it again is safe. */
  | { readonly kind: 'unknown'; readonly problem: ApiProblem }
  | { readonly kind: 'session-over' };

export interface PlaceOrder {
  readonly placement: Placement;
  readonly place: (draft: OrderDraft) => Promise<Placement>;
  /** Forgets the outcome of the last order. */
  readonly reset: () => void;
}

/** Places orders one at a time: a second submit during a request does nothing. */
export function usePlaceOrder(): PlaceOrder {
  const queryClient = useQueryClient();
  const [placement, setPlacement] = useState<Placement>({ kind: 'idle' });
  const isSending = useRef(false);
  const unsettled = useRef<OrderIntent>(undefined);

  const send = async (intent: OrderIntent): Promise<Placement> => {
    const { request } = intent;
    const key = request.client_order_id;
    addPending({
      key,
      assetId: request.asset_id,
      orderType: request.order_type,
      quantity: request.quantity,
      price: request.price ?? request.stop_price ?? null,
      sentAt: isoTime(new Date()),
    });
    try {
      const order = await placeOrder(request);
      unsettled.current = undefined;
      // The list has the order before the pending row goes, so that it is never shown twice or not at all.
      await refresh();
      settlePending(key, order.status === 'completed' ? 'executed' : 'waits');
      return { kind: 'placed', order };
    } catch (error) {
      const problem = toProblem(error);
      settlePending(key, 'refused');
      unsettled.current = problem.isOutcomeUnknown ? intent : undefined;
      if (problem.status === 401) return { kind: 'session-over' };
      return { kind: problem.isOutcomeUnknown ? 'unknown' : 'refused', problem };
    }
  };

  const refresh = async (): Promise<void> => {
    const keys = [orderKeys.all, BALANCE_KEY, HOLDINGS_KEY];
    await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  };

  return {
    placement,
    reset: () => setPlacement({ kind: 'idle' }),
    async place(draft) {
      if (isSending.current) return placement;
      isSending.current = true;
      setPlacement({ kind: 'sending' });
      const now = new Date();
      const intent = orderIntentOf(draft, { unsettled: unsettled.current, key: systemIds.next(), now });
      const outcome = await send(intent).finally(() => {
        isSending.current = false;
      });
      setPlacement(outcome);
      return outcome;
    },
  };
}
