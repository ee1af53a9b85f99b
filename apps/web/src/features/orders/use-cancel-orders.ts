import type { Order } from '@cnop/common/entities/order/order';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { BALANCE_KEY } from '../../api/account/balance.ts';
import { HOLDINGS_KEY } from '../../api/account/holdings.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { cancelOrder } from '../../api/orders/cancel-order.ts';
import { orderKeys } from '../../api/orders/order-keys.ts';
import { formatCount } from '../../format/numbers.ts';
import { notify } from '../../ui/notices.ts';
import { ORDER_TYPE_NAMES } from '../../ui/order-words.ts';

export interface CancelOrders {
  /** Orders whose cancellation is under way. */
  readonly cancelling: ReadonlySet<string>;
  readonly cancel: (orders: readonly Order[]) => Promise<void>;
}

/** Cancels orders one after the other, each once, and says what came of it. */
export function useCancelOrders(): CancelOrders {
  const queryClient = useQueryClient();
  const [cancelling, setCancelling] = useState<ReadonlySet<string>>(new Set());

  const cancel = async (orders: readonly Order[]): Promise<void> => {
    const wanted = orders.filter(({ order_id }) => !cancelling.has(order_id));
    setCancelling(new Set([...cancelling, ...wanted.map(({ order_id }) => order_id)]));
    const failures: string[] = [];
    for (const { order_id } of wanted) {
      await cancelOrder(order_id).catch((error: unknown) => failures.push(toProblem(error).message));
    }
    const keys = [orderKeys.all, BALANCE_KEY, HOLDINGS_KEY];
    await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    setCancelling(
      (known) => new Set([...known].filter((id) => !wanted.some(({ order_id }) => order_id === id))),
    );
    report(wanted, failures);
  };

  return { cancelling, cancel };
}

function report(orders: readonly Order[], failures: readonly string[]): void {
  const [failure] = failures;
  const done = orders.length - failures.length;
  const [only] = orders;
  if (failure !== undefined) {
    const title =
      orders.length === 1
        ? 'The order was not cancelled'
        : `${formatCount(failures.length)} orders were not cancelled`;
    notify({ tone: 'failure', title, description: failure });
  }
  if (done === 0) return;
  const what =
    only && orders.length === 1
      ? `${ORDER_TYPE_NAMES[only.order_type]} ${only.asset_id}`
      : `${formatCount(done)} orders`;
  notify({ tone: 'info', title: `${what} cancelled`, description: 'What they held is available again.' });
}
