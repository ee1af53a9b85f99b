import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { airdropsQuery } from '../../../api/admin/airdrops.ts';
import { priceProposalsQuery } from '../../../api/admin/assets.ts';
import { withdrawalReviewsQuery } from '../../../api/admin/funding.ts';
import { healthQuery } from '../../../api/admin/health.ts';
import { refundProposalsQuery } from '../../../api/admin/refunds.ts';
import { houseBookQuery, platformAnalyticsQuery } from '../../../api/admin/treasury.ts';
import { assetsQuery } from '../../../api/market.ts';
import { formatCount, formatMoney } from '../../../format/numbers.ts';
import { Skeleton } from '../../../ui/states.tsx';
import { HEALTH_NAMES, REFRESH_MILLISECONDS } from '../health/health-words.ts';

interface OverviewProps {
  /** Whether the user reads the house book. */
  readonly isAdmin: boolean;
}

/** What waits for a decision of staff, what happened today, and how the platform is. */
export function Overview({ isAdmin }: OverviewProps) {
  return (
    <div className="grid grid-cols-1 gap-6">
      <Group title="Waiting for a decision">
        <DecisionTiles />
      </Group>
      <Group title="Today (UTC)">
        <TodayTiles />
      </Group>
      <Group title="Platform">
        <PlatformTiles isAdmin={isAdmin} />
      </Group>
    </div>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-2">
      <h2 className="font-medium">{title}</h2>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">{children}</div>
    </section>
  );
}

function DecisionTiles() {
  const withdrawals = useInfiniteQuery(withdrawalReviewsQuery());
  const refunds = useQuery(refundProposalsQuery());
  const prices = useQuery(priceProposalsQuery());
  const airdrops = useInfiniteQuery(airdropsQuery());
  const waitingAirdrops = airdrops.data?.pages
    .flatMap(({ data }) => data)
    .filter(({ status }) => status === 'proposed').length;
  const reviews = withdrawals.data?.pages.flatMap(({ data }) => data).length;
  return (
    <>
      <CountTile
        to="/admin/funding"
        label="Withdrawals"
        count={reviews}
        isAtLeast={withdrawals.hasNextPage}
        error={withdrawals.error}
      />
      <CountTile to="/admin/refunds" label="Refunds" count={refunds.data?.length} error={refunds.error} />
      <CountTile to="/admin/assets" label="Prices" count={prices.data?.length} error={prices.error} />
      <CountTile to="/admin/airdrops" label="Airdrops" count={waitingAirdrops} error={airdrops.error} />
    </>
  );
}

/** A day without movements, which the analytics leave out. */
const QUIET_DAY = { new_users: 0, active_users: 0, trades: 0, volume: '0', fees: '0' };

function TodayTiles() {
  const { data, error } = useQuery(platformAnalyticsQuery('7'));
  const today = data && (data.days.find(({ day }) => data.complete_to?.startsWith(day)) ?? QUIET_DAY);
  return (
    <>
      <Tile to="/admin/analytics" label="Trades" value={today && formatCount(today.trades)} error={error} />
      <Tile to="/admin/analytics" label="Volume" value={today && formatMoney(today.volume)} error={error} />
      <Tile to="/admin/analytics" label="Fees" value={today && formatMoney(today.fees)} error={error} />
      <Tile
        to="/admin/users"
        label="New users"
        value={today && formatCount(today.new_users)}
        note={today && `${formatCount(today.active_users)} active`}
        error={error}
      />
    </>
  );
}

function PlatformTiles({ isAdmin }: OverviewProps) {
  const health = useQuery({ ...healthQuery(), refetchInterval: REFRESH_MILLISECONDS });
  const assets = useQuery(assetsQuery());
  const book = useQuery({ ...houseBookQuery('7'), enabled: isAdmin });
  const isHealthy = health.data?.status === 'healthy';
  const restricted = assets.data?.filter(({ status }) => status !== 'active' && status !== 'delisted').length;
  const above = book.data?.assets.filter(({ is_above_limit }) => is_above_limit).length;
  return (
    <>
      <Tile
        to="/admin/health"
        label="Health"
        value={health.data && (isHealthy ? 'Healthy' : 'Attention')}
        note={health.data && HEALTH_NAMES[health.data.status]}
        needsAttention={health.data !== undefined && !isHealthy}
        error={health.error}
      />
      <CountTile to="/admin/assets" label="Restricted assets" count={restricted} error={assets.error} />
      {isAdmin && (
        <>
          <Tile
            to="/admin/house"
            label="Earned in 7 days"
            value={book.data && formatMoney(book.data.period.earned)}
            error={book.error}
          />
          <CountTile to="/admin/house" label="Above their limit" count={above} error={book.error} />
        </>
      )}
    </>
  );
}

interface TileProps {
  readonly to: NonNullable<LinkProps['to']>;
  readonly label: string;
  /** `undefined` until it is loaded. */
  readonly value: string | undefined;
  readonly note?: string | undefined;
  readonly needsAttention?: boolean;
  readonly error: Error | null;
}

/** A figure that leads to its page. Without an answer it says so and leads there all the same. */
function Tile({ to, label, value, note, needsAttention = false, error }: TileProps) {
  return (
    <Link
      to={to}
      className={clsx(
        'card grid min-w-0 content-start gap-1 p-4 hover:bg-raised',
        needsAttention && 'border-s-4 border-s-warn',
      )}
    >
      <span className="text-sm text-muted">{label}</span>
      <span className="min-h-8 text-xl font-semibold tabular-nums wrap-anywhere">
        {value ?? (error ? '—' : <Skeleton className="h-6 w-16" />)}
      </span>
      {(note ?? (value === undefined && error)) && (
        <span className="text-xs text-faint">{note ?? 'Could not be loaded'}</span>
      )}
    </Link>
  );
}

interface CountTileProps extends Omit<TileProps, 'value' | 'note' | 'needsAttention'> {
  readonly count: number | undefined;
  /** Whether there are more than were counted. */
  readonly isAtLeast?: boolean;
}

/** A number that needs attention unless it is zero. */
function CountTile({ count, isAtLeast = false, ...tile }: CountTileProps) {
  const value = count === undefined ? undefined : `${formatCount(count)}${isAtLeast ? '+' : ''}`;
  return <Tile {...tile} value={value} needsAttention={count !== undefined && count > 0} />;
}
