import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Insight } from '../../api/account/performance.ts';
import { insightsQuery } from '../../api/account/performance.ts';
import { Money } from '../../ui/amounts.tsx';
import type { BadgeTone } from '../../ui/badge.tsx';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { valueWords } from './performance-words.ts';

const SKELETON_ROWS = 3;

const SEVERITIES: Readonly<
  Record<Insight['severity'], { readonly label: string; readonly tone: BadgeTone }>
> = {
  serious: { label: 'Serious', tone: 'loss' },
  warning: { label: 'Warning', tone: 'warn' },
  info: { label: 'Note', tone: 'neutral' },
};

/** What each finding says; `{asset}` is the asset, or cash. */
const SENTENCES: Readonly<Record<string, string>> = {
  concentration: 'Much of your portfolio is in {asset}. If it falls, everything falls.',
  drift: '{asset} is away from its target.',
  unrealized_loss: '{asset} is worth much less than you paid.',
  no_stop: 'No stop limits a loss of {asset}.',
  stale_price: 'The price of {asset} is old, so its value may be wrong.',
  idle_cash: 'Much of your portfolio is cash.',
  fees_of_volume: 'Your fees are high for what you traded in 30 days.',
  fees_of_gains: 'Fees take much of what your sales gained in 30 days.',
};

const VALUE_NAMES: Readonly<Record<string, string>> = {
  share: 'Share',
  target_share: 'Target',
  difference: 'Difference',
  value: 'Value',
  loss: 'Loss',
  fees: 'Fees',
  volume: 'Traded',
  gain: 'Gain before fees',
  age: 'Age',
};

/** Findings about the portfolio as cards. */
export function Insights() {
  const { data, error, refetch } = useQuery(insightsQuery());
  return (
    <section aria-labelledby="insights-title" className="card min-w-0">
      <h2 id="insights-title" className="border-b border-line px-4 py-2.5 font-medium">
        Worth a look
      </h2>
      {data ? (
        data.length === 0 ? (
          <EmptyState title="Nothing stands out">No rule found anything in your portfolio.</EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {data.map((insight) => (
              <InsightCard key={`${insight.code} ${insight.asset_id ?? ''}`} insight={insight} />
            ))}
          </ul>
        )
      ) : error ? (
        <ErrorState title="The findings could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading the findings" rows={SKELETON_ROWS} />
      )}
      <p className="border-t border-line px-4 py-2 text-xs text-muted">
        Found by fixed rules. This is no advice.
      </p>
    </section>
  );
}

function InsightCard({ insight }: { readonly insight: Insight }) {
  const { code, severity, asset_id, values, text } = insight;
  const { label, tone } = SEVERITIES[severity];
  const sentence = SENTENCES[code]?.replace('{asset}', asset_id ?? 'Cash');
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex items-start gap-2">
        <Badge tone={tone}>{label}</Badge>
        <p className="min-w-0 wrap-anywhere">{text ?? sentence ?? code}</p>
      </div>
      <div className="flex flex-wrap items-end justify-between gap-2">
        <dl className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {values.map(({ name, unit, value }) => (
            <div key={name} className="flex gap-1.5">
              <dt className="text-muted">{VALUE_NAMES[name] ?? name}</dt>
              <dd className="numeric">
                {unit === 'usd' ? <Money value={value} /> : valueWords(unit, value)}
              </dd>
            </div>
          ))}
        </dl>
        <Action insight={insight} />
      </div>
    </li>
  );
}

/** A link to where something can be done about a finding. */
function Action({ insight: { action, asset_id } }: { readonly insight: Insight }) {
  const look = buttonClass({ size: 'small' });
  if (asset_id !== null && action !== 'wait_for_price') {
    return (
      <Link to="/assets/$assetId" params={{ assetId: asset_id }} className={look}>
        Open {asset_id}
      </Link>
    );
  }
  if (action === 'buy_assets' || action === 'rebalance') {
    return (
      <Link to="/" className={look}>
        Open markets
      </Link>
    );
  }
  if (action === 'review_trades') {
    return (
      <Link to="/orders" className={look}>
        Review orders
      </Link>
    );
  }
  return null;
}
