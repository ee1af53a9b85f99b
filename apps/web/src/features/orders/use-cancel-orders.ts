import type { OrderId } from '@cnop/common/core/brands';
import type { OrderDocument, OrderStatus } from '@cnop/common/entities/order/order-document';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { BALANCE_KEY } from '../../api/account/cash.ts';
import { HOLDINGS_KEY } from '../../api/account/portfolio.ts';
import { ApiProblem, toProblem } from '../../api/http/api-problem.ts';
import { orderKeys, readOrder } from '../../api/orders/orders.ts';
import { cancelOrder } from '../../api/orders/place-order.ts';
import { formatCount } from '../../format/numbers.ts';
import { notify } from '../../ui/notices.ts';
import { ORDER_TYPE_NAMES } from '../../ui/order-names.ts';

/** How long a cancelled order stays in place, so that the rows below do not move under the pointer. */
const KEEP_CANCELLED_MILLISECONDS = 5_000;

/** The status for an order that is not open any more. */
const CONFLICT = 409;

export type CancelStage = 'cancelling' | 'cancelled';

/** An order whose row stays in place, whatever the lists of the server say. */
export interface KeptOrder {
  readonly order: OrderDocument;
  readonly stage: CancelStage;
}
type Kept = ReadonlyMap<string, KeptOrder>;

export interface CancelOrders {
  /** By id: orders being cancelled or cancelled a moment ago. */
  readonly kept: Kept;
  readonly isCancelling: boolean;
  readonly cancel: (orders: readonly OrderDocument[]) => Promise<void>;
}

/** Cancels orders one by one, each once, and reports the result. */
export function useCancelOrders(): CancelOrders {
  const queryClient = useQueryClient();
  const [kept, setKept] = useState<Kept>(new Map());
  const set = (order: OrderDocument, stage: CancelStage): void =>
    setKept((known) => new Map(known).set(order.order_id, { order, stage }));
  const drop = ({ order_id }: OrderDocument): void =>
    setKept((known) => new Map([...known].filter(([id]) => id !== order_id)));

  const cancel = async (orders: readonly OrderDocument[]): Promise<void> => {
    const wanted = orders.filter(({ order_id }) => !kept.has(order_id));
    for (const order of wanted) set(order, 'cancelling');
    const failed: OrderDocument[] = [];
    const failures: string[] = [];
    for (const order of wanted) {
      try {
        await cancelOnce(order.order_id);
        set(order, 'cancelled');
        setTimeout(() => drop(order), KEEP_CANCELLED_MILLISECONDS);
      } catch (error) {
        failed.push(order);
        failures.push(toProblem(error).message);
      }
    }
    const keys = [orderKeys.all, BALANCE_KEY, HOLDINGS_KEY];
    await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    for (const order of failed) drop(order);
    report(wanted, failures);
  };

  return { kept, isCancelling: [...kept.values()].some(({ stage }) => stage === 'cancelling'), cancel };
}

/** Messages for orders that ended before they could be cancelled. */
const ENDED_FIRST: Partial<Readonly<Record<OrderStatus, string>>> = {
  completed: 'It was filled first.',
  expired: 'It expired first.',
  failed: 'It failed first.',
};

/**
 * Cancels an order that may have ended meanwhile. An order cancelled elsewhere counts as cancelled.
 * @throws ApiProblem that says how it ended instead
 */
async function cancelOnce(orderId: OrderId): Promise<void> {
  try {
    await cancelOrder(orderId);
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status !== CONFLICT) throw problem;
    const { status } = await readOrder(orderId);
    if (status === 'cancelled') return;
    throw new ApiProblem(ENDED_FIRST[status] ?? problem.message, problem);
  }
}

/** Returns the rows of a list: open orders and kept orders, newest first as the server sorts them. */
export function rowsWithKept(orders: readonly OrderDocument[], kept: Iterable<KeptOrder>): OrderDocument[] {
  const known = new Set(orders.map(({ order_id }) => order_id));
  const left = [...kept].flatMap(({ order }) => (known.has(order.order_id) ? [] : [order]));
  return [...orders, ...left].toSorted((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
}

function positionOf({ created_at, order_id }: OrderDocument): string {
  return `${created_at}#${order_id}`;
}

function report(orders: readonly OrderDocument[], failures: readonly string[]): void {
  const [failure] = failures;
  const done = orders.length - failures.length;
  const [only] = orders;
  if (failure !== undefined) {
    const left = failures.length === 1 ? '1 order was' : `${formatCount(failures.length)} orders were`;
    const title = `${orders.length === 1 ? 'The order was' : left} not cancelled`;
    notify({ tone: 'failure', title, description: failure });
  }
  if (done === 0) return;
  const what =
    only && orders.length === 1
      ? `${ORDER_TYPE_NAMES[only.order_type]} ${only.asset_id}`
      : `${formatCount(done)} ${done === 1 ? 'order' : 'orders'}`;
  notify({
    tone: 'info',
    title: `${what} cancelled`,
    description: 'Held cash and units are available again.',
  });
}
