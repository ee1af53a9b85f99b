import { decimal, formatDecimal } from '@cnop/common/core/money';
import { useQuery } from '@tanstack/react-query';
import type { OwnAnalytics, RealizedTrade } from '../../api/account/analytics.ts';
import { ownAnalyticsQuery } from '../../api/account/analytics.ts';
import { formatCount, formatPercent, MISSING } from '../../format/numbers.ts';
import { Money, Quantity } from '../../ui/amounts.tsx';
import type { DaysPageProps } from '../../ui/days-choice.tsx';
import { DaysBar, Panel } from '../../ui/days-choice.tsx';
import { Figure, Figures } from '../../ui/figures.tsx';
import { ORDER_TYPE_NAMES } from '../../ui/order-names.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { formatSpan } from './span-words.ts';

const SKELETON_ROWS = 5;

/** What became of the user's orders and trades. */
export function OwnActivity({ days, onDays }: DaysPageProps) {
  const { data, error, refetch } = useQuery(ownAnalyticsQuery(days));
  return (
    <div className="grid grid-cols-1 gap-4">
      <DaysBar days={days} onDays={onDays} />
      {data ? (
        <LoadedActivity activity={data} />
      ) : error ? (
        <div className="card">
          <ErrorState
            title="Your activity could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
      ) : (
        <div className="card">
          <SkeletonRows label="Loading your activity" rows={SKELETON_ROWS} />
        </div>
      )}
    </div>
  );
}

function LoadedActivity({ activity }: { readonly activity: OwnAnalytics }) {
  const { orders, trades } = activity;
  const { total, by_asset, best_trades, worst_trades } = trades;
  const rate = orders.fill_rate === null ? undefined : formatDecimal(decimal(orders.fill_rate).times('100'));
  return (
    <>
      <Figures className="grid-cols-2 lg:grid-cols-5">
        <Figure label="Orders" aside={`${formatCount(orders.filled)} filled`}>
          {formatCount(orders.placed)}
        </Figure>
        <Figure label="Fill rate">{rate === undefined ? MISSING : formatPercent(rate)}</Figure>
        <Figure label="Volume">
          <Money value={total.volume} />
        </Figure>
        <Figure label="Fees">
          <Money value={total.fees} />
        </Figure>
        <Figure label="Realised P&L">
          <Money value={total.realized_pnl} isChange />
        </Figure>
      </Figures>
      <Panel title="Orders by type">
        {orders.by_type.length > 0 ? (
          <TypesTable types={orders.by_type} />
        ) : (
          <EmptyState title="No orders on these days">Choose more days, or place an order.</EmptyState>
        )}
      </Panel>
      <Panel title="Trades by asset">
        {by_asset.length > 0 ? (
          <AssetsTable assets={by_asset} />
        ) : (
          <EmptyState title="No trades on these days">They appear here once an order is filled.</EmptyState>
        )}
      </Panel>
      {best_trades.length > 0 && <Results title="Best trades" trades={best_trades} />}
      {worst_trades.length > 0 && <Results title="Worst trades" trades={worst_trades} />}
    </>
  );
}

function TypesTable({ types }: { readonly types: OwnAnalytics['orders']['by_type'] }) {
  const counts = ['placed', 'filled', 'open', 'cancelled', 'expired', 'failed'] as const;
  const hidden = (name: (typeof counts)[number]): string =>
    name === 'placed' || name === 'filled' ? '' : 'hidden sm:table-cell';
  return (
    <Table
      caption="Orders by type"
      head={
        <>
          <Column>Type</Column>
          <Column isNumeric>Placed</Column>
          <Column isNumeric>Filled</Column>
          <Column isNumeric className="hidden sm:table-cell">
            Open
          </Column>
          <Column isNumeric className="hidden sm:table-cell">
            Cancelled
          </Column>
          <Column isNumeric className="hidden sm:table-cell">
            Expired
          </Column>
          <Column isNumeric className="hidden sm:table-cell">
            Failed
          </Column>
        </>
      }
    >
      {types.map((type) => (
        <Row key={type.order_type}>
          <RowHead isDense>{ORDER_TYPE_NAMES[type.order_type]}</RowHead>
          {counts.map((name) => (
            <Cell key={name} isNumeric isDense className={hidden(name)}>
              {formatCount(type[name])}
            </Cell>
          ))}
        </Row>
      ))}
    </Table>
  );
}

function AssetsTable({ assets }: { readonly assets: OwnAnalytics['trades']['by_asset'] }) {
  return (
    <Table
      caption="Trades by asset"
      head={
        <>
          <Column>Asset</Column>
          <Column isNumeric className="hidden sm:table-cell">
            Buys
          </Column>
          <Column isNumeric className="hidden sm:table-cell">
            Sales
          </Column>
          <Column isNumeric>Volume</Column>
          <Column isNumeric className="hidden md:table-cell">
            Fees
          </Column>
          <Column isNumeric className="hidden md:table-cell">
            Held for
          </Column>
          <Column isNumeric>Realised P&L</Column>
        </>
      }
    >
      {assets.map(({ asset_id, buys, sales, volume, fees, realized_pnl, average_holding_seconds }) => (
        <Row key={asset_id}>
          <RowHead isDense>{asset_id}</RowHead>
          <Cell isNumeric isDense className="hidden sm:table-cell">
            {formatCount(buys)}
          </Cell>
          <Cell isNumeric isDense className="hidden sm:table-cell">
            {formatCount(sales)}
          </Cell>
          <Cell isNumeric isDense>
            <Money value={volume} />
          </Cell>
          <Cell isNumeric isDense className="hidden md:table-cell">
            <Money value={fees} />
          </Cell>
          <Cell isNumeric isDense className="hidden md:table-cell">
            {average_holding_seconds === null ? MISSING : formatSpan(average_holding_seconds)}
          </Cell>
          <Cell isNumeric isDense>
            <Money value={realized_pnl} isChange />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

function Results({ title, trades }: { readonly title: string; readonly trades: readonly RealizedTrade[] }) {
  return (
    <Panel title={title}>
      <Table
        caption={title}
        head={
          <>
            <Column>Sold</Column>
            <Column isNumeric className="hidden sm:table-cell">
              When
            </Column>
            <Column isNumeric>Realised P&L</Column>
          </>
        }
      >
        {trades.map(({ transaction_id, asset_id, quantity, realized_pnl, timestamp }) => (
          <Row key={transaction_id}>
            <RowHead isDense>
              <Quantity value={quantity} unit={asset_id} />
            </RowHead>
            <Cell isNumeric isDense className="hidden text-muted sm:table-cell">
              <Time value={timestamp} />
            </Cell>
            <Cell isNumeric isDense>
              <Money value={realized_pnl} isChange />
            </Cell>
          </Row>
        ))}
      </Table>
    </Panel>
  );
}
