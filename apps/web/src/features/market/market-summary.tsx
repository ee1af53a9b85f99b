import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Mover } from '../../api/market.ts';
import { marketOverviewQuery } from '../../api/market.ts';
import { formatCompactMoney, formatCount } from '../../format/numbers.ts';
import { Percent } from '../../ui/amounts.tsx';
import { Skeleton } from '../../ui/states.tsx';

const REFRESH_MILLISECONDS = 15_000;
const SHOWN_MOVERS = 3;

/** Statistics of the market. Shows nothing when they fail, since the table below is complete. */
export function MarketSummary() {
  const { data, isError } = useQuery({ ...marketOverviewQuery(), refetchInterval: REFRESH_MILLISECONDS });
  if (isError && !data) return null;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-[1fr_1fr_2fr_2fr]">
      <Figure label="Market cap">{data && formatCompactMoney(data.total_market_cap)}</Figure>
      {data && isTraded(data.total_volume_24h_usd) ? (
        <Figure label="24 h volume">{formatCompactMoney(data.total_volume_24h_usd)}</Figure>
      ) : (
        <Figure label="Assets">{data && formatCount(data.active_count)}</Figure>
      )}
      <Figure label="Top gainers">{data && <Movers movers={data.top_gainers} />}</Figure>
      <Figure label="Top losers">{data && <Movers movers={data.top_losers} />}</Figure>
    </dl>
  );
}

/** Returns whether there was a trade in the last day. */
function isTraded(volume: number): boolean {
  return volume > 0;
}

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="grid min-w-0 content-start gap-1 bg-surface px-4 py-3">
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="numeric flex min-h-6 min-w-0 flex-wrap items-baseline gap-x-2 text-base font-semibold">
        {children ?? <Skeleton className="h-5 w-24" />}
      </dd>
    </div>
  );
}

function Movers({ movers }: { readonly movers: readonly Mover[] }) {
  if (movers.length === 0) return <span className="font-normal text-faint">None</span>;
  return (
    <span className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {movers.slice(0, SHOWN_MOVERS).map(({ asset_id, price_change_percentage_24h }) => (
        <Link
          key={asset_id}
          to="/assets/$assetId"
          params={{ assetId: asset_id }}
          className="inline-flex min-h-6 items-center gap-1.5 rounded hover:underline"
        >
          {asset_id}
          <Percent value={price_change_percentage_24h} className="font-normal" />
        </Link>
      ))}
    </span>
  );
}
