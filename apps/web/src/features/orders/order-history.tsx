import { sideOf } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { OrderFilter } from '../../api/orders/orders.ts';
import { exportOrders, orderHistoryQuery } from '../../api/orders/orders.ts';
import { formatOwnPrice } from '../../format/numbers.ts';
import { Money, Quantity } from '../../ui/amounts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ORDER_STATUS_NAMES, ORDER_STATUS_TONES, ORDER_TYPE_NAMES } from '../../ui/order-names.ts';
import { SaveCsv } from '../../ui/save-csv.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { BrowseMarkets } from './open-orders.tsx';
import type { OrdersSearch } from './orders-search.ts';

const SKELETON_ROWS = 8;

/** The orders that are not open any more, newest first. */
export function OrderHistory({
  filter,
  search,
}: {
  readonly filter: OrderFilter;
  readonly search: OrdersSearch;
}) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    orderHistoryQuery(filter),
  );
  const orders = data?.pages.flatMap((page) => page.data);
  if (!orders) {
    return error ? (
      <ErrorState title="Your orders could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows label="Loading your orders" rows={SKELETON_ROWS} />
    );
  }
  if (orders.length === 0) {
    return (
      <EmptyState title="No orders" action={<BrowseMarkets>Browse the markets</BrowseMarkets>}>
        Orders that were filled, cancelled or expired appear here.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="flex justify-end border-b border-line px-4 py-1.5">
        <SaveCsv subject="The orders" load={async () => exportOrders(filter)} />
      </div>
      <Table caption="Orders, newest first" head={<Heads />}>
        {orders.map((order) => (
          <HistoryRow key={order.order_id} order={order} search={search} />
        ))}
      </Table>
      {hasNextPage && (
        <div className="flex justify-center border-t border-line p-3">
          <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function Heads() {
  return (
    <>
      <Column>Order</Column>
      <Column className="hidden sm:table-cell">Asset</Column>
      <Column>Status</Column>
      <Column isNumeric className="hidden sm:table-cell">
        Quantity
      </Column>
      <Column isNumeric className="hidden sm:table-cell">
        Price
      </Column>
      <Column isNumeric>Total</Column>
      <Column isNumeric className="hidden md:table-cell">
        Fee
      </Column>
      <Column isNumeric className="hidden lg:table-cell">
        Ended
      </Column>
    </>
  );
}

interface HistoryRowProps {
  readonly order: OrderDocument;
  readonly search: OrdersSearch;
}

function HistoryRow({ order, search }: HistoryRowProps) {
  const { order_id, order_type, asset_id, status, quantity, executed_price, price, total_amount, fees } =
    order;
  const shown = executed_price ?? price ?? order.stop_price;
  return (
    <Row className="relative">
      <RowHead>
        <Link
          to="/orders"
          search={{ ...search, order: order_id }}
          aria-label={`${ORDER_TYPE_NAMES[order_type]} ${asset_id}, details`}
          // The link covers the whole row.
          className="inline-flex min-h-6 items-center rounded after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <Badge tone={sideOf(order_type) === 'buy' ? 'gain' : 'loss'}>{ORDER_TYPE_NAMES[order_type]}</Badge>
        </Link>
        <Quantity value={quantity} unit={asset_id} className="block ps-1.5 text-xs text-muted sm:hidden" />
      </RowHead>
      <Cell className="hidden sm:table-cell">
        <span className="font-medium">{asset_id}</span>
      </Cell>
      <Cell>
        <Badge tone={ORDER_STATUS_TONES[status]}>{ORDER_STATUS_NAMES[status]}</Badge>
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        <Quantity value={quantity} />
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        {formatOwnPrice(shown)}
      </Cell>
      <Cell isNumeric>
        <Money value={total_amount} />
      </Cell>
      <Cell isNumeric className="hidden md:table-cell">
        <Money value={status === 'completed' ? fees : null} />
      </Cell>
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        <Time value={order.history.at(-1)?.at} />
      </Cell>
    </Row>
  );
}
