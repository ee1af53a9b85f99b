import type { OrderId } from '@cnop/common/core/brands';
import { sideOf } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { orderQuery } from '../../api/orders/orders.ts';
import { formatOwnPrice } from '../../format/numbers.ts';
import { Money, Quantity } from '../../ui/amounts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ORDER_STATUS_NAMES, ORDER_STATUS_TONES, ORDER_TYPE_NAMES } from '../../ui/order-names.ts';
import { ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { conditionOf } from './order-condition.ts';
import { OrderTimeline } from './order-timeline.tsx';
import { useCancelOrders } from './use-cancel-orders.ts';

const SKELETON_ROWS = 6;

/** One order with its facts and its timeline. */
export function OrderDetails({ orderId }: { readonly orderId: OrderId }) {
  const { data: order, error, refetch } = useQuery(orderQuery(orderId));
  const { isCancelling, cancel } = useCancelOrders();
  if (!order) {
    return error ? (
      <ErrorState title="The order could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows label="Loading the order" rows={SKELETON_ROWS} />
    );
  }
  return (
    <div className="grid grid-cols-1 gap-5">
      <Facts order={order} />
      {order.status === 'queued' && (
        <Button tone="danger" isBusy={isCancelling} onClick={() => void cancel([order])}>
          Cancel this order
        </Button>
      )}
      <OrderTimeline orderId={orderId} />
    </div>
  );
}

function Facts({ order }: { readonly order: OrderDocument }) {
  const { asset_id, order_type, status, quantity, executed_price, total_amount, fees } = order;
  const isFilled = status === 'completed';
  return (
    <dl className="grid gap-2">
      <Fact label="Order">
        <Badge tone={sideOf(order_type) === 'buy' ? 'gain' : 'loss'}>{ORDER_TYPE_NAMES[order_type]}</Badge>
      </Fact>
      <Fact label="Status">
        <Badge tone={ORDER_STATUS_TONES[status]}>{ORDER_STATUS_NAMES[status]}</Badge>
      </Fact>
      <Fact label="Quantity">
        <Quantity value={quantity} unit={asset_id} />
      </Fact>
      <Fact label="Condition">{conditionOf(order)}</Fact>
      {isFilled && <Fact label="Filled at">{formatOwnPrice(executed_price)}</Fact>}
      {total_amount !== null && (
        <Fact label={isFilled ? 'Total' : 'Total at its limit'}>
          <Money value={total_amount} />
        </Fact>
      )}
      {isFilled && (
        <Fact label="Fee">
          <Money value={fees} />
        </Fact>
      )}
      {order.refund && (
        <Fact label="Refunded">
          <Quantity value={order.refund.quantity} unit={asset_id} />,{' '}
          <Money value={order.refund.total_amount} /> and <Money value={order.refund.fees} /> of the fee
        </Fact>
      )}
      <Fact label="Placed">
        <Time value={order.created_at} isExact />
      </Fact>
      {order.expires_at !== null && (
        <Fact label="Expires">
          <Time value={order.expires_at} isExact />
        </Fact>
      )}
      <Fact label="Id">
        <code className="text-xs wrap-anywhere">{order.order_id}</code>
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0 text-end">{children}</dd>
    </div>
  );
}
