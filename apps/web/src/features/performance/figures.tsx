import type { ReactNode } from 'react';
import type { Performance, ReturnFigure } from '../../api/account/performance.ts';
import { formatPercent, fromChartNumber } from '../../format/numbers.ts';
import { formatDay } from '../../format/times.ts';
import { Money, Percent } from '../../ui/amounts.tsx';
import { Figure, Figures } from '../../ui/figures.tsx';
import { percentOf, reasonOf } from './performance-words.ts';

const GRID = 'grid-cols-2 lg:grid-cols-4';
const CORRELATION_DIGITS = 2;

/** The labels of the figures while they are loading. */
const LABELS = [
  'Time-weighted return',
  'Money-weighted return',
  'Gain',
  'Largest fall',
  'Volatility, a year',
  'Best day',
  'Worst day',
  'Paid in, less paid out',
];

interface PerformanceFiguresProps {
  /** `undefined` while it is loading. */
  readonly performance: Performance | undefined;
}

/** The figures of a period. */
export function PerformanceFigures({ performance }: PerformanceFiguresProps) {
  if (!performance) {
    return (
      <div role="status" aria-label="Loading the performance">
        <Figures className={GRID}>
          {LABELS.map((label) => (
            <Figure key={label} label={label}>
              {undefined}
            </Figure>
          ))}
        </Figures>
      </div>
    );
  }
  const {
    time_weighted_return: time,
    money_weighted_return: money,
    gain,
    drawdown,
    volatility,
  } = performance;
  return (
    <Figures className={GRID}>
      <Figure label="Time-weighted return" aside={<Yearly figure={time.annualised} />}>
        <Rate figure={time.period} />
      </Figure>
      <Figure label="Money-weighted return" aside={<Yearly figure={money.annualised} />}>
        <Rate figure={money.period} />
      </Figure>
      <Figure label="Gain">
        <Money value={gain} isChange />
      </Figure>
      <Figure label="Largest fall" aside={drawdown && <Recovery drawdown={drawdown} />}>
        {drawdown ? <Percent value={percentOf(drawdown.depth)} /> : 'None'}
      </Figure>
      <Figure label="Volatility, a year">
        <Plain figure={volatility} />
      </Figure>
      <Figure label="Best day" aside={performance.best_day && dayName(performance.best_day.day)}>
        {performance.best_day ? <Percent value={percentOf(performance.best_day.return)} /> : <Missing />}
      </Figure>
      <Figure label="Worst day" aside={performance.worst_day && dayName(performance.worst_day.day)}>
        {performance.worst_day ? <Percent value={percentOf(performance.worst_day.return)} /> : <Missing />}
      </Figure>
      <Figure label="Paid in, less paid out">
        <span className="flex flex-wrap gap-x-1">
          <Money value={performance.paid_in} />
          <span className="font-normal text-faint">
            − <Money value={performance.paid_out} />
          </span>
        </span>
      </Figure>
    </Figures>
  );
}

/** The figures of the comparison with an asset. */
export function BenchmarkFigures({
  benchmark,
  asset,
}: {
  readonly benchmark: NonNullable<Performance['benchmark']>;
  readonly asset: string;
}) {
  const { correlation } = benchmark;
  return (
    <Figures className={GRID}>
      <Figure label={`Return of ${asset}`}>
        <Rate figure={benchmark.return} />
      </Figure>
      <Figure label="Difference to it">
        <Rate figure={benchmark.alpha} />
      </Figure>
      <Figure label="Correlation">
        {correlation.value === null ? (
          <Missing>{reasonOf(correlation)}</Missing>
        ) : (
          <span className="numeric">{fromChartNumber(correlation.value, CORRELATION_DIGITS)}</span>
        )}
      </Figure>
      <Figure label="Tracking error, a year">
        <Plain figure={benchmark.tracking_error} />
      </Figure>
    </Figures>
  );
}

function Rate({ figure }: { readonly figure: ReturnFigure }) {
  return figure.value === null ? (
    <Missing>{reasonOf(figure)}</Missing>
  ) : (
    <Percent value={percentOf(figure.value)} />
  );
}

/** A figure without a direction. */
function Plain({ figure }: { readonly figure: ReturnFigure }) {
  if (figure.value === null) return <Missing>{reasonOf(figure)}</Missing>;
  return <span className="numeric">{formatPercent(percentOf(figure.value))}</span>;
}

function Yearly({ figure }: { readonly figure: ReturnFigure }) {
  if (figure.value === null) return null;
  return <>{formatPercent(percentOf(figure.value), { signed: true })} a year</>;
}

function Missing({ children = 'Needs a whole day' }: { readonly children?: ReactNode }) {
  return <span className="text-sm font-normal text-muted">{children}</span>;
}

function Recovery({ drawdown }: { readonly drawdown: NonNullable<Performance['drawdown']> }) {
  const { to, recovered } = drawdown;
  return (
    <>
      {recovered
        ? `recovered ${formatDay(new Date(recovered))}`
        : `on ${formatDay(new Date(to))}, not recovered`}
    </>
  );
}

function dayName(day: string): string {
  return formatDay(new Date(`${day}T12:00:00.000Z`));
}
