import type { Username } from '@cnop/common/core/brands';
import { sideOf } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { LedgerEntry } from '../../../api/account/cash.ts';
import type { PortfolioHolding } from '../../../api/account/portfolio.ts';
import { userLedgerQuery, userOrdersQuery, userPortfolioQuery } from '../../../api/admin/users.ts';
import { formatOwnPrice } from '../../../format/numbers.ts';
import { Money, Quantity } from '../../../ui/amounts.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { entryName, signedAmount } from '../../../ui/ledger-names.ts';
import { ORDER_STATUS_NAMES, ORDER_STATUS_TONES, ORDER_TYPE_NAMES } from '../../../ui/order-names.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Cell, Column, Row, RowHead, ShowMore, Table } from '../../../ui/table.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { Time } from '../../../ui/time.tsx';

const SKELETON_ROWS = 5;
const RECORDS = [
  { value: 'positions', label: 'Positions' },
  { value: 'orders', label: 'Orders' },
  { value: 'activity', label: 'Cash activity' },
] as const;
type Records = (typeof RECORDS)[number]['value'];

/** The positions, the orders and the ledger of a user, one at a time. */
export function UserRecords({ username }: { readonly username: Username }) {
  const [shown, setShown] = useState<Records>('positions');
  return (
    <section aria-label={`Records of ${username}`} className="card min-w-0">
      <div className="px-4 pt-1">
        <h2 className="sr-only">Records</h2>
        <Tabs label="Records" items={RECORDS} value={shown} onChange={setShown}>
          <div className="-mx-4">
            {shown === 'positions' && <Positions username={username} />}
            {shown === 'orders' && <Orders username={username} />}
            {shown === 'activity' && <Activity username={username} />}
          </div>
        </Tabs>
      </div>
    </section>
  );
}

interface LoadedProps<Item> {
  /** The records in the plural, in lower case. */
  readonly name: string;
  /** `undefined` until they are loaded. */
  readonly items: readonly Item[] | undefined;
  readonly error: Error | null;
  readonly onRetry: () => void;
  readonly head: ReactNode;
  readonly row: (item: Item) => ReactNode;
}

/** A table of records with its states: loading, failed and empty. */
function Loaded<Item>({ name, items, error, onRetry, head, row }: LoadedProps<Item>) {
  if (!items) {
    return error ? (
      <ErrorState title={`The ${name} could not be loaded`} error={error} onRetry={onRetry} />
    ) : (
      <SkeletonRows label={`Loading the ${name}`} rows={SKELETON_ROWS} />
    );
  }
  if (items.length === 0) return <EmptyState title={`No ${name}`}>This user has none so far.</EmptyState>;
  return (
    <Table caption={`The user’s ${name}`} head={head}>
      {items.map(row)}
    </Table>
  );
}

function Positions({ username }: { readonly username: Username }) {
  const { data, error, refetch } = useQuery(userPortfolioQuery(username));
  return (
    <Loaded
      name="positions"
      items={data?.assets}
      error={error}
      onRetry={() => void refetch()}
      head={
        <>
          <Column>Asset</Column>
          <Column isNumeric>Quantity</Column>
          <Column isNumeric className="hidden sm:table-cell">
            Cost
          </Column>
          <Column isNumeric>Value</Column>
          <Column isNumeric>P&L</Column>
        </>
      }
      row={(holding) => <PositionRow key={holding.asset_id} holding={holding} />}
    />
  );
}

function PositionRow({ holding }: { readonly holding: PortfolioHolding }) {
  const { asset_id, quantity, total_invested, market_value, unrealized_pnl } = holding;
  return (
    <Row>
      <RowHead>{asset_id}</RowHead>
      <Cell isNumeric>
        <Quantity value={quantity} />
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        <Money value={total_invested} />
      </Cell>
      <Cell isNumeric>
        <Money value={market_value} />
      </Cell>
      <Cell isNumeric>
        <Money value={unrealized_pnl} isChange />
      </Cell>
    </Row>
  );
}

function Orders({ username }: { readonly username: Username }) {
  const orders = useInfiniteQuery(userOrdersQuery(username));
  return (
    <>
      <Loaded
        name="orders"
        items={orders.data?.pages.flatMap(({ data }) => data)}
        error={orders.error}
        onRetry={() => void orders.refetch()}
        head={
          <>
            <Column>Order</Column>
            <Column>Status</Column>
            <Column isNumeric className="hidden sm:table-cell">
              Price
            </Column>
            <Column isNumeric className="hidden sm:table-cell">
              Total
            </Column>
            <Column isNumeric>Placed</Column>
          </>
        }
        row={(order) => <OrderRow key={order.order_id} order={order} />}
      />
      <ShowMore
        hasMore={orders.hasNextPage}
        isBusy={orders.isFetchingNextPage}
        onMore={() => void orders.fetchNextPage()}
      />
    </>
  );
}

/** One order. A filled one leads to its refund. */
function OrderRow({ order }: { readonly order: OrderDocument }) {
  const { order_id, order_type, asset_id, quantity, status, executed_price, price, stop_price } = order;
  const name = (
    <Badge tone={sideOf(order_type) === 'buy' ? 'gain' : 'loss'}>{ORDER_TYPE_NAMES[order_type]}</Badge>
  );
  return (
    <Row>
      <RowHead>
        {status === 'completed' ? (
          <Link
            to="/admin/refunds"
            search={{ order: order_id }}
            className="inline-flex min-h-6 items-center rounded hover:underline"
          >
            {name} <span className="sr-only">{asset_id}: refund</span>
          </Link>
        ) : (
          name
        )}
        <Quantity value={quantity} unit={asset_id} className="block ps-1.5 text-xs text-muted" />
      </RowHead>
      <Cell>
        <Badge tone={ORDER_STATUS_TONES[status]}>{ORDER_STATUS_NAMES[status]}</Badge>
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        {formatOwnPrice(executed_price ?? price ?? stop_price)}
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        <Money value={order.total_amount} />
      </Cell>
      <Cell isNumeric className="text-muted">
        <Time value={order.created_at} />
      </Cell>
    </Row>
  );
}

function Activity({ username }: { readonly username: Username }) {
  const ledger = useInfiniteQuery(userLedgerQuery(username));
  return (
    <>
      <Loaded
        name="cash activity"
        items={ledger.data?.pages.flatMap(({ transactions }) => transactions)}
        error={ledger.error}
        onRetry={() => void ledger.refetch()}
        head={
          <>
            <Column>Activity</Column>
            <Column isNumeric>Amount</Column>
            <Column isNumeric>Balance after</Column>
          </>
        }
        row={(entry) => <EntryRow key={entry.transaction_id} entry={entry} />}
      />
      <ShowMore
        hasMore={ledger.hasNextPage}
        isBusy={ledger.isFetchingNextPage}
        onMore={() => void ledger.fetchNextPage()}
      />
    </>
  );
}

function EntryRow({ entry }: { readonly entry: LedgerEntry }) {
  const { currency, new_balance, created_at } = entry;
  return (
    <Row>
      <RowHead>
        {entryName(entry)}
        <span className="block text-xs text-faint">
          <Time value={created_at} />
        </span>
      </RowHead>
      <Cell isNumeric>
        <Money value={signedAmount(entry)} currency={currency} isChange />
      </Cell>
      <Cell isNumeric>
        <Money value={new_balance} currency={currency} />
      </Cell>
    </Row>
  );
}
