import type { IsoTime } from '@cnop/common/core/brands';
import { clsx } from 'clsx';
import type { PointerEvent } from 'react';
import { useMemo, useState } from 'react';
import { signOf } from '../../format/numbers.ts';
import { formatDateTime, formatDay, formatMinute, formatMonth, formatTime } from '../../format/times.ts';
import { Money } from '../../ui/amounts.tsx';
import type { PlotPoint } from './plot.ts';
import { PLOT_HEIGHT, PLOT_WIDTH, plotOf, pointNearest } from './plot.ts';
import type { Measure, SeriesPoint } from './value-history.ts';

const CENTS = 2;
const MINUTE_MILLISECONDS = 60 * 1_000;
const DAY_MILLISECONDS = 24 * 60 * MINUTE_MILLISECONDS;
/** Below this span, labels with minutes would repeat. */
const SHORT_SPAN_MILLISECONDS = 10 * MINUTE_MILLISECONDS;
/** Above this span, labels need the year. */
const LONG_SPAN_MILLISECONDS = 200 * DAY_MILLISECONDS;
/** Positions of the time labels, as shares of the width. */
const TIME_MARKS = [0, 1 / 3, 2 / 3, 1] as const;

export interface HistoryChartProps {
  /** At least two points, oldest first. */
  readonly points: readonly SeriesPoint[];
  readonly measure: Measure;
  /** A moment that is marked while the pointer is elsewhere. */
  readonly chosen?: IsoTime | undefined;
}

/** The series as an area chart. Hidden from screen readers: the sentence and the table have the same content. */
export function HistoryChart({ points, measure, chosen }: HistoryChartProps) {
  const plot = useMemo(() => plotOf(points, measure === 'result'), [points, measure]);
  const [pointed, setPointed] = useState<number>();
  const marked = chosen && plot.points.findLast(({ point }) => point.at <= chosen);
  const nearest = pointed === undefined ? marked : pointNearest(plot, pointed);
  const sign = measure === 'result' ? signOf(points.at(-1)?.value, CENTS) : 'none';
  const colour = { gain: 'text-gain', loss: 'text-loss', none: 'text-accent' }[sign];

  const follow = (event: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPointed((event.clientX - left) / width);
  };

  return (
    <div aria-hidden="true" className="absolute inset-0 flex flex-col">
      <div
        className="relative min-h-0 flex-1 touch-pan-y overflow-hidden"
        onPointerMove={follow}
        onPointerDown={follow}
        onPointerLeave={() => setPointed(undefined)}
      >
        <svg
          viewBox={`0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}`}
          preserveAspectRatio="none"
          className={clsx('absolute inset-0 size-full', colour)}
        >
          {plot.ticks.map(({ value, y }) => (
            <path
              key={value}
              d={`M0 ${y * PLOT_HEIGHT}H${PLOT_WIDTH}`}
              className="stroke-line"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          <path d={plot.area} className="fill-current opacity-12" />
          <path
            d={plot.line}
            fill="none"
            className="stroke-current"
            strokeWidth="1.75"
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        {plot.ticks.map(({ value, y }) => (
          <span
            key={value}
            style={{ top: `${y * 100}%` }}
            className="absolute end-2 -translate-y-1/2 rounded-xs bg-surface/80 px-1 text-2xs text-muted"
          >
            <Money value={value} />
          </span>
        ))}
        {nearest && <Crosshair at={nearest} measure={measure} colour={colour} />}
      </div>
      <TimeAxis points={points} />
    </div>
  );
}

interface CrosshairProps {
  readonly at: PlotPoint;
  readonly measure: Measure;
  /** The CSS class of the line's colour. */
  readonly colour: string;
}

/** The point under the pointer with its value. */
function Crosshair({ at: { x, y, point }, measure, colour }: CrosshairProps) {
  return (
    <>
      <span
        style={{ left: `${x * 100}%` }}
        className="absolute inset-y-0 border-s border-dashed border-line-strong"
      />
      <span
        style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
        className={clsx('absolute -ms-1 -mt-1 size-2 rounded-full bg-current ring-2 ring-surface', colour)}
      />
      <span className="absolute start-3 top-2 flex items-baseline gap-2 rounded-md border border-line bg-raised px-2 py-1 text-xs shadow-float">
        <span className="numeric text-muted">{formatDateTime(point.at)}</span>
        <Money value={point.value} isChange={measure === 'result'} className="font-medium" />
      </span>
    </>
  );
}

function TimeAxis({ points }: Pick<HistoryChartProps, 'points'>) {
  const [start = 0, end = 0] = [points[0], points.at(-1)].map((point) => Date.parse(point?.at ?? ''));
  const write = timeWriter(end - start);
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

/** Returns the format of time labels for a span. */
function timeWriter(spanMilliseconds: number): (at: Date) => string {
  if (spanMilliseconds > LONG_SPAN_MILLISECONDS) return formatMonth;
  if (spanMilliseconds > DAY_MILLISECONDS) return formatDay;
  return spanMilliseconds > SHORT_SPAN_MILLISECONDS ? formatMinute : formatTime;
}
