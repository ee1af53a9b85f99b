import { useQuery } from '@tanstack/react-query';
import type { PlatformAnalytics as Analytics } from '../../../api/admin/treasury.ts';
import { platformAnalyticsQuery } from '../../../api/admin/treasury.ts';
import { formatCount, formatMoney } from '../../../format/numbers.ts';
import type { DaysPageProps } from '../../../ui/days-choice.tsx';
import { DaysBar, Panel } from '../../../ui/days-choice.tsx';
import { Figure, Figures } from '../../../ui/figures.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../../ui/table.tsx';

const SKELETON_ROWS = 5;

/** What all users did. */
export function PlatformAnalytics({ days, onDays }: DaysPageProps) {
  const { data, error, refetch } = useQuery(platformAnalyticsQuery(days));
  return (
    <div className="grid grid-cols-1 gap-4">
      <DaysBar days={days} onDays={onDays} completeTo={data?.complete_to} />
      {data ? (
        <LoadedAnalytics analytics={data} />
      ) : error ? (
        <div className="card">
          <ErrorState
            title="The analytics could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
      ) : (
        <div className="card">
          <SkeletonRows label="Loading the analytics" rows={SKELETON_ROWS} />
        </div>
      )}
    </div>
  );
}

function LoadedAnalytics({ analytics }: { readonly analytics: Analytics }) {
  const { total, all_days, days, assets } = analytics;
  return (
    <>
      <Figures className="grid-cols-2 lg:grid-cols-4">
        <Figure label="New users" aside={`of ${formatCount(all_days.new_users)}`}>
          {formatCount(total.new_users)}
        </Figure>
        <Figure label="Trades" aside={`of ${formatCount(all_days.trades)}`}>
          {formatCount(total.trades)}
        </Figure>
        <Figure label="Volume">{formatMoney(total.volume)}</Figure>
        <Figure label="Fees">{formatMoney(total.fees)}</Figure>
      </Figures>
      <Panel title="By day (UTC)">
        {days.length > 0 ? (
          <DaysTable days={days} />
        ) : (
          <EmptyState title="No movements on these days">Choose more days.</EmptyState>
        )}
      </Panel>
      <Panel title="By asset, since the beginning">
        {assets.length > 0 ? (
          <AssetsTable assets={assets} />
        ) : (
          <EmptyState title="No trades">Assets appear here with their first trade.</EmptyState>
        )}
      </Panel>
    </>
  );
}

function DaysTable({ days }: Pick<Analytics, 'days'>) {
  return (
    <Table
      caption="By day"
      head={
        <>
          <Column>Day</Column>
          <Column isNumeric className="hidden sm:table-cell">
            New users
          </Column>
          <Column isNumeric>Active</Column>
          <Column isNumeric>Trades</Column>
          <Column isNumeric>Volume</Column>
          <Column isNumeric className="hidden sm:table-cell">
            Fees
          </Column>
        </>
      }
    >
      {days.toReversed().map(({ day, new_users, active_users, trades, volume, fees }) => (
        <Row key={day}>
          <RowHead isDense>{day}</RowHead>
          <Cell isNumeric isDense className="hidden sm:table-cell">
            {formatCount(new_users)}
          </Cell>
          <Cell isNumeric isDense>
            {formatCount(active_users)}
          </Cell>
          <Cell isNumeric isDense>
            {formatCount(trades)}
          </Cell>
          <Cell isNumeric isDense>
            {formatMoney(volume)}
          </Cell>
          <Cell isNumeric isDense className="hidden sm:table-cell">
            {formatMoney(fees)}
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

function AssetsTable({ assets }: Pick<Analytics, 'assets'>) {
  return (
    <Table
      caption="By asset"
      head={
        <>
          <Column>Asset</Column>
          <Column isNumeric>Buys</Column>
          <Column isNumeric>Sales</Column>
          <Column isNumeric className="hidden sm:table-cell">
            Buyers
          </Column>
          <Column isNumeric className="hidden sm:table-cell">
            Sellers
          </Column>
          <Column isNumeric>Volume</Column>
        </>
      }
    >
      {assets.map(({ asset_id, buys, sales, buyers, sellers, volume }) => (
        <Row key={asset_id}>
          <RowHead isDense>{asset_id}</RowHead>
          <Cell isNumeric isDense>
            {formatCount(buys)}
          </Cell>
          <Cell isNumeric isDense>
            {formatCount(sales)}
          </Cell>
          <Cell isNumeric isDense className="hidden sm:table-cell">
            {formatCount(buyers)}
          </Cell>
          <Cell isNumeric isDense className="hidden sm:table-cell">
            {formatCount(sellers)}
          </Cell>
          <Cell isNumeric isDense>
            {formatMoney(volume)}
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
