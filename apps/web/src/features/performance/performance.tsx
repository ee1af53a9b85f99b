import { useQuery } from '@tanstack/react-query';
import { Table2 } from 'lucide-react';
import type { Performance as Measured } from '../../api/account/performance.ts';
import { performanceQuery } from '../../api/account/performance.ts';
import { assetsQuery } from '../../api/market.ts';
import { Button } from '../../ui/button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx';
import { BenchmarkFigures, PerformanceFigures } from './figures.tsx';
import { GrowthChart } from './growth-chart.tsx';
import { Insights } from './insights.tsx';
import type { PerformanceSearch } from './performance-search.ts';
import { DEFAULT_RANGE, RANGES } from './performance-search.ts';
import { EXPLANATIONS, noteOf, RANGE_NAMES } from './performance-words.ts';
import { GrowthTable, MonthsTable } from './return-tables.tsx';
import { TargetEditor } from './target-editor.tsx';

const NO_BENCHMARK = 'none';
const REFRESH_MILLISECONDS = 5 * 60_000;

export interface PerformanceProps {
  readonly search: PerformanceSearch;
  readonly onSearch: (change: Partial<PerformanceSearch>) => void;
}

/** What the money in the portfolio earned, what is worth a look, and the target allocation. */
export function Performance({ search, onSearch }: PerformanceProps) {
  const { range = DEFAULT_RANGE, benchmark } = search;
  const { data, error, refetch } = useQuery({
    ...performanceQuery(range, benchmark),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  return (
    <>
      <Choices search={search} onSearch={onSearch} />
      {error && !data ? (
        <div className="card">
          <ErrorState
            title="Your performance could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
      ) : (
        <>
          <PerformanceFigures performance={data} />
          {data?.benchmark && benchmark !== undefined && (
            <BenchmarkFigures benchmark={data.benchmark} asset={benchmark} />
          )}
          <Growth performance={data} search={search} onSearch={onSearch} />
        </>
      )}
      <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-2">
        <Insights />
        <TargetEditor />
      </div>
      {data && <MonthsTable months={data.months} benchmark={benchmark} />}
      <Explanations />
    </>
  );
}

function Choices({ search, onSearch }: PerformanceProps) {
  const { data: assets = [] } = useQuery(assetsQuery());
  const { range = DEFAULT_RANGE, benchmark } = search;
  const options = [
    { value: NO_BENCHMARK, label: 'No benchmark' },
    ...assets.map(({ asset_id, name }) => ({ value: String(asset_id), label: `${asset_id} · ${name}` })),
  ];
  return (
    <div className="flex flex-wrap items-end justify-between gap-3">
      <Segmented
        label="Period"
        options={RANGES}
        value={range}
        onChange={(next) => onSearch({ range: next === DEFAULT_RANGE ? undefined : next })}
        className="max-w-full overflow-x-auto"
      />
      <Select
        label="Compare with"
        options={options}
        value={benchmark ?? NO_BENCHMARK}
        onChange={(next) => {
          const chosen = assets.find(({ asset_id }) => asset_id === next);
          onSearch({ benchmark: chosen?.asset_id });
        }}
        className="w-56"
      />
    </div>
  );
}

interface GrowthProps extends PerformanceProps {
  readonly performance: Measured | undefined;
}

/** The return over time, as a chart or as a table. */
function Growth({ performance, search, onSearch }: GrowthProps) {
  const isTable = search.view === 'table';
  const notes = performance?.notes.flatMap((note) => noteOf(note) ?? []) ?? [];
  return (
    <figure aria-labelledby="growth-title" className="card flex min-w-0 flex-col">
      <div className="flex items-center justify-between gap-3 border-b border-line px-4 py-2.5">
        <h2 id="growth-title" className="font-medium">
          Return, {RANGE_NAMES[search.range ?? DEFAULT_RANGE].toLowerCase()}
        </h2>
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
      <div className="relative min-h-64 sm:min-h-80">
        {performance ? (
          <GrowthView performance={performance} isTable={isTable} benchmark={search.benchmark} />
        ) : (
          <div role="status" aria-label="Loading the returns" className="absolute inset-3">
            <Skeleton className="size-full" />
          </div>
        )}
      </div>
      <figcaption className="grid gap-1 border-t border-line px-4 py-2 text-xs text-muted">
        <span>
          Solid: your portfolio, deposits and withdrawals left out.
          {search.benchmark !== undefined &&
            ` Dashed: ${search.benchmark}, bought at the same time and held.`}
        </span>
        {notes.map((note) => (
          <span key={note} role="note" className="text-warn">
            {note}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

interface GrowthViewProps {
  readonly performance: Measured;
  readonly isTable: boolean;
  readonly benchmark: string | undefined;
}

function GrowthView({ performance: { data }, isTable, benchmark }: GrowthViewProps) {
  if (data.length < 2) {
    return (
      <div className="absolute inset-0 grid place-items-center">
        <EmptyState title="Nothing to measure yet">
          A return needs money in the account for a while. Deposit cash and trade, then come back.
        </EmptyState>
      </div>
    );
  }
  return isTable ? <GrowthTable points={data} benchmark={benchmark} /> : <GrowthChart points={data} />;
}

function Explanations() {
  return (
    <section aria-labelledby="explanations-title" className="card grid gap-3 p-4">
      <h2 id="explanations-title" className="font-medium">
        What the figures say
      </h2>
      <dl className="grid gap-3 sm:grid-cols-2">
        {EXPLANATIONS.map(({ term, words }) => (
          <div key={term}>
            <dt className="text-sm font-medium">{term}</dt>
            <dd className="text-sm text-muted">{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
