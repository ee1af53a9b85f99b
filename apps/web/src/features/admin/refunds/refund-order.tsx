import type { OrderId } from '@cnop/common/core/brands';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { anyOrderQuery } from '../../../api/admin/refunds.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { formatOwnPrice } from '../../../format/numbers.ts';
import { Money, Quantity } from '../../../ui/amounts.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Fact } from '../../../ui/figures.tsx';
import { ORDER_STATUS_NAMES, ORDER_STATUS_TONES, ORDER_TYPE_NAMES } from '../../../ui/order-names.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import { ProposeRefund } from './propose-refund.tsx';

const FIELD = 'refund-order-id';
const SKELETON_ROWS = 6;
/** An invalid id is answered with 422, an unknown one with 404. */
const NOT_THERE = [404, 422];

interface RefundOrderProps {
  /** The order that is shown. */
  readonly orderId: OrderId | undefined;
  readonly onOrder: (orderId: string) => void;
}

/** Finds the order of any user, and proposes its refund. */
export function RefundOrder({ orderId, onOrder }: RefundOrderProps) {
  const [typed, setTyped] = useState<string>(orderId ?? '');
  const [error, setError] = useState<string>();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (typed.trim() !== '') return onOrder(typed.trim());
    setError('Enter the id of an order. Users see it in the details of the order.');
    document.getElementById(FIELD)?.focus();
  };
  return (
    <section aria-labelledby="refund-order-title" className="card grid gap-4 p-4">
      <h2 id="refund-order-title" className="font-medium">
        Refund an order
      </h2>
      <form noValidate onSubmit={submit} className="flex flex-wrap items-start gap-2">
        <div className="min-w-0 grow">
          <TextField
            id={FIELD}
            label="Order id"
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            error={error}
            onChange={(event) => {
              setTyped(event.target.value);
              setError(undefined);
            }}
          />
        </div>
        <Button type="submit" className="mt-6">
          Show
        </Button>
      </form>
      {orderId !== undefined && <FoundOrder key={orderId} orderId={orderId} />}
    </section>
  );
}

function FoundOrder({ orderId }: { readonly orderId: OrderId }) {
  const { data: order, error, refetch } = useQuery(anyOrderQuery(orderId));
  if (order) return <Facts order={order} />;
  if (!error) return <SkeletonRows label="Loading the order" rows={SKELETON_ROWS} />;
  return NOT_THERE.includes(toProblem(error).status) ? (
    <EmptyState title="No such order">Check the id: users see it in the details of the order.</EmptyState>
  ) : (
    <ErrorState title="The order could not be loaded" error={error} onRetry={() => void refetch()} />
  );
}

function Facts({ order }: { readonly order: OrderDocument }) {
  const { asset_id, order_type, status, quantity, executed_price, total_amount, fees, refund } = order;
  const isFilled = status === 'completed';
  return (
    <>
      <dl className="grid gap-1.5 border-t border-line pt-4">
        <Fact label="User">{order.username}</Fact>
        <Fact label="Order">
          {ORDER_TYPE_NAMES[order_type]}, <Quantity value={quantity} unit={asset_id} />
        </Fact>
        <Fact label="Status">
          <Badge tone={ORDER_STATUS_TONES[status]}>{ORDER_STATUS_NAMES[status]}</Badge>
        </Fact>
        {isFilled && (
          <>
            <Fact label="Filled at">{formatOwnPrice(executed_price)}</Fact>
            <Fact label="Total">
              <Money value={total_amount} />
            </Fact>
            <Fact label="Fee">
              <Money value={fees} />
            </Fact>
          </>
        )}
        <Fact label="Placed">
          <Time value={order.created_at} isExact />
        </Fact>
        {refund && (
          <Fact label="Refunded">
            <Quantity value={refund.quantity} unit={asset_id} /> <Time value={refund.refunded_at} isExact />
          </Fact>
        )}
      </dl>
      {isFilled && !refund && <ProposeRefund order={order} />}
    </>
  );
}
