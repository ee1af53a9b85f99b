import { clsx } from 'clsx';
import { line } from 'd3-shape';
import type { GrowthPoint } from '../../api/account/performance.ts';
import { formatPercent } from '../../format/numbers.ts';
import { formatDay, formatMinute } from '../../format/times.ts';
import { percentOf } from './performance-words.ts';

const WIDTH = 1_000;
const HEIGHT = 300;
const MARGIN = 0.08;
const SMALLEST_SPAN = 0.0001;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
const TIME_MARKS = [0, 1 / 3, 2 / 3, 1] as const;

interface GrowthChartProps {
  /** At least two points, oldest first. */
  readonly points: readonly GrowthPoint[];
}

/** The cumulated return and that of the benchmark. Hidden from screen readers: figures and table have the same content. */
export function GrowthChart({ points }: GrowthChartProps) {
  const { x, y, marks } = scalesOf(points);
  const drawn = (valueOf: (point: GrowthPoint) => number | null): string =>
    line<GrowthPoint>(
      ({ at }) => x(at) * WIDTH,
      (point) => y(valueOf(point) ?? 0) * HEIGHT,
    ).defined((point) => valueOf(point) !== null)([...points]) ?? '';
  return (
    <div aria-hidden="true" className="absolute inset-0 flex flex-col">
      <div className="relative min-h-0 flex-1 overflow-hidden">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="absolute inset-0 size-full"
        >
          {marks.map((rate) => (
            <path
              key={rate}
              d={`M0 ${y(rate) * HEIGHT}H${WIDTH}`}
              className="stroke-line"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          <path
            d={drawn((point) => point.benchmark_return)}
            fill="none"
            className="stroke-muted"
            strokeWidth="1.5"
            strokeDasharray="4 3"
            vectorEffect="non-scaling-stroke"
          />
          <path
            d={drawn((point) => point.return)}
            fill="none"
            className="stroke-accent"
            strokeWidth="1.75"
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        {marks.map((rate) => (
          <span
            key={rate}
            style={{ top: `${y(rate) * 100}%` }}
            className="numeric absolute end-2 -translate-y-1/2 rounded-xs bg-surface/80 px-1 text-2xs text-muted"
          >
            {formatPercent(percentOf(rate), { signed: true })}
          </span>
        ))}
      </div>
      <TimeAxis points={points} />
    </div>
  );
}

function TimeAxis({ points }: GrowthChartProps) {
  const [start = 0, end = 0] = [points[0], points.at(-1)].map((point) => Date.parse(point?.at ?? ''));
  const write = end - start > DAY_MILLISECONDS ? formatDay : formatMinute;
  return (
    <div className="relative h-6 shrink-0 border-t border-line text-2xs text-faint">
      {TIME_MARKS.map((share) => (
        <span
          key={share}
          style={{ left: `${share * 100}%` }}
          className={clsx(
            'numeric absolute top-1',
            share === 0 ? 'ps-3' : share === 1 ? '-translate-x-full pe-3' : '-translate-x-1/2',
          )}
        >
          {write(new Date(start + (end - start) * share))}
        </span>
      ))}
    </div>
  );
}

/** Returns the positions of times and rates, as shares of the width and of the height. */
function scalesOf(points: readonly GrowthPoint[]) {
  const rates = points.flatMap((point) => [point.return ?? 0, point.benchmark_return ?? 0]);
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)];
  const margin = Math.max((highest - lowest) * MARGIN, SMALLEST_SPAN);
  const [low, high] = [lowest - margin, highest + margin];
  const [start, end] = [Date.parse(points[0]?.at ?? ''), Date.parse(points.at(-1)?.at ?? '')];
  return {
    x: (at: string) => (Date.parse(at) - start) / (end - start || 1),
    y: (rate: number) => (high - rate) / (high - low),
    marks: [...new Set([lowest, 0, highest])],
  };
}
