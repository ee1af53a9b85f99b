import type { IsoTime } from '@cnop/common/core/brands';
import { useQuery } from '@tanstack/react-query';
import { Table2, TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { HistoryPoint, HistoryRange } from '../../api/account/portfolio.ts';
import { historyRangeSchema, portfolioHistoryQuery } from '../../api/account/portfolio.ts';
import { profileQuery } from '../../api/account/profile.ts';
import { timeZoneName } from '../../format/times.ts';
import { Money, Percent } from '../../ui/amounts.tsx';
import { Button } from '../../ui/button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { HistoryChart } from './history-chart.tsx';
import { HistorySlider } from './history-slider.tsx';
import { HistoryTable } from './history-table.tsx';
import type { PortfolioSearch } from './portfolio-search.ts';
import type { LiveTotals, Measure, SeriesPoint } from './value-history.ts';
import {
  extremesOf,
  isChartable,
  performanceOf,
  RANGE_NAMES,
  rangeOfAge,
  seriesOf,
  sinceFirstCash,
  withLiveTotals,
} from './value-history.ts';

/** The range if the age of the account is unknown. */
const FALLBACK_RANGE: HistoryRange = '1m';
/** Live totals update the last point; this reads the next one, which comes every quarter of an hour at the earliest. */
const REFRESH_MILLISECONDS = 5 * 60_000;

const RANGES = historyRangeSchema.options.map((value) => ({
  value,
  label: value === 'all' ? 'All' : value.toUpperCase(),
}));

const MEASURES: readonly { readonly value: Measure; readonly label: string }[] = [
  { value: 'value', label: 'Value' },
  { value: 'result', label: 'P&L' },
];

export interface HistoryPanelProps {
  readonly search: PortfolioSearch;
  readonly onSearch: (change: Partial<PortfolioSearch>) => void;
  /** The account at current prices; `undefined` until they are known. */
  readonly live: LiveTotals | undefined;
  /** The moment whose positions are shown; absent where none are. */
  readonly past?: PastMoment;
}

/** The moment to which the user looks back. */
export interface PastMoment {
  /** `undefined` for the present. */
  readonly moment: IsoTime | undefined;
  readonly onMoment: (moment: IsoTime | undefined) => void;
}

/** The value and the P&L of the account over time: as a chart, as a sentence and as a table. */
export function HistoryPanel({ search, onSearch, live, past }: HistoryPanelProps) {
  const defaultRange = useDefaultRange();
  const range = search.range ?? defaultRange ?? FALLBACK_RANGE;
  const measure = search.show ?? 'value';
  const { data, error, refetch } = useQuery({
    ...portfolioHistoryQuery(range),
    enabled: search.range !== undefined || defaultRange !== undefined,
    refetchInterval: REFRESH_MILLISECONDS,
  });
  const points = useMemo(() => sinceFirstCash(withLiveTotals(data?.data ?? [], live)), [data, live]);
  const series = useMemo(() => seriesOf(points, measure), [points, measure]);

  return (
    <figure aria-labelledby="history-title" className="card flex min-w-0 flex-col">
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-3">
        <div>
          <h2 id="history-title" className="text-sm text-muted">
            {RANGE_NAMES[range]} <span className="text-faint">P&L</span>
          </h2>
          <RangeResult points={data && points} />
        </div>
        <HistoryChoices
          range={range}
          defaultRange={defaultRange}
          measure={measure}
          view={search.view}
          onSearch={onSearch}
        />
      </div>
      <div className="relative min-h-64 flex-1 sm:min-h-80">
        {data ? (
          points.length === 0 ? (
            <div className="absolute inset-0 grid place-items-center">
              <EmptyState title="No history yet">It starts with your first deposit.</EmptyState>
            </div>
          ) : search.view === 'table' ? (
            <HistoryTable points={points} />
          ) : isChartable(points) ? (
            <HistoryChart points={series} measure={measure} chosen={past?.moment} />
          ) : (
            <TooShort series={series} measure={measure} />
          )
        ) : error ? (
          <ErrorState title="The history could not be loaded" error={error} onRetry={() => void refetch()} />
        ) : (
          <div role="status" aria-label="Loading the history" className="absolute inset-3">
            <Skeleton className="size-full" />
          </div>
        )}
      </div>
      {past && isChartable(points) && <HistorySlider points={points} {...past} />}
      <figcaption className="grid gap-1 border-t border-line px-4 py-2 text-xs text-faint">
        {data && !data.complete && <Incomplete first={points[0]} />}
        <span className="flex flex-wrap justify-between gap-x-4 gap-y-1">
          <span className="min-h-4">
            {isChartable(points) && <Sentence series={series} measure={measure} />}
          </span>
          <span>{timeZoneName()} time</span>
        </span>
      </figcaption>
    </figure>
  );
}

/** Returns the shortest range that covers the age of the account; `undefined` until that is known. */
function useDefaultRange(): HistoryRange | undefined {
  const { data: profile, error } = useQuery(profileQuery());
  // Fixed when the page is opened, so that the range does not change while it is shown.
  const [openedAt] = useState(() => new Date());
  if (profile) return rangeOfAge(profile.created_at, openedAt);
  return error ? FALLBACK_RANGE : undefined;
}

interface HistoryChoicesProps extends Pick<HistoryPanelProps, 'onSearch'> {
  readonly range: HistoryRange;
  readonly defaultRange: HistoryRange | undefined;
  readonly measure: Measure;
  readonly view: PortfolioSearch['view'];
}

function HistoryChoices({ range, defaultRange, measure, view, onSearch }: HistoryChoicesProps) {
  const isTable = view === 'table';
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segmented
        label="Chart shows"
        size="small"
        options={MEASURES}
        value={measure}
        onChange={(next) => onSearch({ show: next === 'value' ? undefined : next })}
      />
      <Segmented
        label="Range"
        size="small"
        options={RANGES}
        value={range}
        onChange={(next) => onSearch({ range: next === defaultRange ? undefined : next })}
      />
      <Button
        size="small"
        tone="quiet"
        aria-label={isTable ? 'View as chart' : 'View as table'}
        title={isTable ? 'View as chart' : 'View as table'}
        onClick={() => onSearch({ view: isTable ? undefined : 'table' })}
      >
        <Table2 aria-hidden="true" className="size-3.5" />
      </Button>
    </div>
  );
}

/** The P&L of the range. */
function RangeResult({ points }: { readonly points: readonly HistoryPoint[] | undefined }) {
  const performance = points && performanceOf(points);
  if (!points) return <Skeleton className="mt-1 h-6 w-36" />;
  return (
    <p className="flex h-7 items-baseline gap-2">
      <Money value={performance?.result} isChange className="text-xl font-semibold" />
      <Percent value={performance?.percent} className="text-sm" />
    </p>
  );
}

function Incomplete({ first }: { readonly first: HistoryPoint | undefined }) {
  return (
    <p role="note" className="flex items-start gap-1.5 text-warn">
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-3 shrink-0" />
      <span>
        The history is not complete: this account has more ledger entries than can be read back
        {first && (
          <>
            , so it starts on <Time value={first.at} />
          </>
        )}
        .
      </span>
    </p>
  );
}

/** Replaces a chart of too few points. */
function TooShort({ series, measure }: SentenceProps) {
  const [first, last] = [series[0], series.at(-1)];
  if (!first || !last) return null;
  const isChange = measure === 'result';
  return (
    <div className="absolute inset-0 grid place-items-center">
      <EmptyState title="The chart needs a little more history">
        {isChange ? 'P&L' : 'The value'} was <Money value={first.value} isChange={isChange} /> on{' '}
        <Time value={first.at} /> and is now <Money value={last.value} isChange={isChange} />. The chart
        appears after your next trade, deposit or withdrawal.
      </EmptyState>
    </div>
  );
}

interface SentenceProps {
  readonly series: readonly SeriesPoint[];
  readonly measure: Measure;
}

/** The chart as a sentence. */
function Sentence({ series, measure }: SentenceProps) {
  const extremes = extremesOf(series);
  if (!extremes) return null;
  const { first, last, low, high } = extremes;
  const isChange = measure === 'result';
  return (
    <>
      {isChange ? 'P&L' : 'Value'} since <Time value={first.at} isExact />: started at{' '}
      <Money value={first.value} isChange={isChange} />, low <Money value={low.value} isChange={isChange} />,
      high <Money value={high.value} isChange={isChange} />, now{' '}
      <Money value={last.value} isChange={isChange} />.
    </>
  );
}
