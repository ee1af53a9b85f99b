import type { IsoTime, Usd } from '@cnop/common/core/brands';
import { decimal, formatUsd, ZERO } from '@cnop/common/core/money';
import type { BenchmarkComparison, PriceAt } from './benchmark.ts';
import { compareWithBenchmark, priceRate } from './benchmark.ts';
import type { Flow, GrowthPoint, Valuation } from './cumulated-return.ts';
import { cumulateReturns, flowsOf, rateBetween } from './cumulated-return.ts';
import type { FigureOfReturn } from './figure-of-return.ts';
import { figure, noFigure } from './figure-of-return.ts';
import { moneyWeightedReturn } from './money-weighted-return.ts';
import type { Drawdown, SpanReturn } from './return-statistics.ts';
import {
  annualVolatility,
  divideGrowth,
  isMidnight,
  largestDrawdown,
  MIN_DAILY_RETURNS,
  SPAN_LENGTH,
} from './return-statistics.ts';

/** What is special about a period. */
export const PERFORMANCE_NOTES = [
  'younger_than_period',
  'history_limit',
  'no_capital',
  'interrupted',
  'total_loss',
] as const;
type PerformanceNote = (typeof PERFORMANCE_NOTES)[number];

/** The values of a portfolio in a period. */
export interface PerformanceFacts {
  /** Oldest first, with one before and one after each external flow. */
  readonly valuations: readonly Valuation[];
  /** The moments of the chart. */
  readonly times: ReadonlySet<IsoTime>;
  readonly createdAt: IsoTime;
  /** Whether the account is younger than the period asked for. */
  readonly isYounger: boolean;
  /** Whether the valuations begin later than the period because older history is not read. */
  readonly isCut: boolean;
  /** The prices of the benchmark; undefined when none is asked for. */
  readonly priceAt: PriceAt | undefined;
}

/** The performance of a portfolio in a period. Rates are parts of one: 0.05 is 5 %. */
export interface Performance {
  /** Null without valuations. */
  readonly values: PeriodValues;
  /** The first moment with money to invest. */
  readonly fundedFrom: IsoTime | null;
  readonly timeWeighted: { readonly period: FigureOfReturn; readonly annualised: FigureOfReturn };
  readonly moneyWeighted: {
    readonly period: FigureOfReturn;
    readonly annualised: FigureOfReturn;
    /** All rates of the period that solve the equation, when there are several. */
    readonly solutions: readonly number[];
  };
  readonly drawdown: Drawdown | null;
  readonly volatility: FigureOfReturn;
  /** Returns of whole days in UTC, without those that had no money to invest. */
  readonly days: readonly SpanReturn[];
  readonly bestDay: SpanReturn | null;
  readonly worstDay: SpanReturn | null;
  readonly benchmark: BenchmarkComparison | null;
  readonly months: readonly MonthReturn[];
  readonly chart: readonly ChartPoint[];
  readonly notes: readonly PerformanceNote[];
  readonly flows: readonly Flow[];
}

/** Amounts of a span of time, in USD. */
export interface PeriodValues {
  readonly start_value: Usd;
  readonly end_value: Usd;
  readonly paid_in: Usd;
  readonly paid_out: Usd;
  /** The change of the value that is no flow. */
  readonly gain: Usd;
}

interface MonthReturn extends PeriodValues {
  /** `2026-01`. */
  readonly month: string;
  readonly from: IsoTime;
  readonly to: IsoTime;
  readonly rate: number | null;
  readonly benchmarkRate: number | null;
}

interface ChartPoint {
  readonly at: IsoTime;
  readonly rate: number | null;
  readonly benchmarkRate: number | null;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
const YEAR_MILLISECONDS = 365 * DAY_MILLISECONDS;
/** The shortest time whose return is also stated as one of a year. */
const MIN_ANNUALISED_MILLISECONDS = 28 * DAY_MILLISECONDS;

/**
 * Computes the performance of a portfolio in a period.
 * @see docs/reference/performance.md
 */
export function measurePerformance(facts: PerformanceFacts): Performance {
  const { valuations, priceAt, times } = facts;
  const flows = flowsOf(valuations);
  const growth = cumulateReturns(valuations);
  const firstInvested = growth.findIndex(({ hasCapital }) => hasCapital);
  const funded = firstInvested === -1 ? [] : growth.slice(firstInvested - 1);
  const fundedFrom = funded[0]?.at ?? null;
  const days = wholeDays(funded, facts);
  const byRate = days.toSorted((one, other) => (one.rate ?? 0) - (other.rate ?? 0));
  return {
    values: valuesBetween(valuations, 0, valuations.length - 1),
    fundedFrom,
    timeWeighted: timeWeighted(funded),
    moneyWeighted: moneyWeighted(valuations, flows),
    drawdown: largestDrawdown(funded),
    volatility: volatilityOf(funded, days),
    days,
    bestDay: byRate.at(-1) ?? null,
    worstDay: byRate[0] ?? null,
    benchmark: priceAt ? compareWithBenchmark(funded, days, priceAt) : null,
    months: monthsOf(growth, valuations, priceAt),
    chart: chartOf(funded, times, priceAt),
    notes: notesOf(facts, funded),
    flows,
  };
}

function valuesBetween(valuations: readonly Valuation[], start: number, end: number): PeriodValues {
  const [first, last] = [valuations[start], valuations[end]];
  const [startValue, endValue] = [decimal(first?.total_value ?? '0'), decimal(last?.total_value ?? '0')];
  let [paidIn, paidOut] = [ZERO, ZERO];
  for (const { amount } of flowsOf(valuations.slice(start, end + 1))) {
    if (amount.gt(ZERO)) paidIn = paidIn.plus(amount);
    else paidOut = paidOut.minus(amount);
  }
  return {
    start_value: formatUsd(startValue),
    end_value: formatUsd(endValue),
    paid_in: formatUsd(paidIn),
    paid_out: formatUsd(paidOut),
    gain: formatUsd(endValue.minus(startValue).minus(paidIn).plus(paidOut)),
  };
}

function timeWeighted(funded: readonly GrowthPoint[]): Performance['timeWeighted'] {
  const [first, last] = [funded[0], funded.at(-1)];
  if (!first || !last) return { period: noFigure('no_capital'), annualised: noFigure('no_capital') };
  const rate = rateBetween(first.growth, last.growth) ?? 0;
  const milliseconds = Date.parse(last.at) - Date.parse(first.at);
  return { period: figure(rate), annualised: annualised(Math.log1p(rate), milliseconds) };
}

function annualised(logGrowth: number, milliseconds: number): FigureOfReturn {
  if (milliseconds < MIN_ANNUALISED_MILLISECONDS) return noFigure('too_short');
  return figure(Math.expm1((logGrowth * YEAR_MILLISECONDS) / milliseconds));
}

function moneyWeighted(
  valuations: readonly Valuation[],
  flows: readonly Flow[],
): Performance['moneyWeighted'] {
  const [first, last] = [valuations[0], valuations.at(-1)];
  if (!first || !last) {
    return { period: noFigure('no_capital'), annualised: noFigure('no_capital'), solutions: [] };
  }
  const solved = moneyWeightedReturn(flows, { start: worthAt(first), end: worthAt(last) });
  if (solved.kind !== 'rate') {
    const none = noFigure(solved.kind);
    return { period: none, annualised: none, solutions: solved.logGrowths.map(Math.expm1) };
  }
  const { logGrowth, milliseconds } = solved;
  return {
    period: figure(Math.expm1(logGrowth)),
    annualised: annualised(logGrowth, milliseconds),
    solutions: [],
  };
}

function worthAt({ at, total_value }: Valuation): Flow {
  return { at, amount: decimal(total_value) };
}

/** Returns the returns of days that the period does not cut, and on which there was money to invest. */
function wholeDays(
  funded: readonly GrowthPoint[],
  { valuations, createdAt }: PerformanceFacts,
): SpanReturn[] {
  const from = valuations[0]?.at ?? createdAt;
  return divideGrowth(funded, SPAN_LENGTH.day).filter(({ start, end, rate }) => {
    const beginsWhole = isMidnight(start.at) || start.at > from || from <= createdAt;
    return rate !== null && beginsWhole && isMidnight(end.at);
  });
}

function volatilityOf(funded: readonly GrowthPoint[], days: readonly SpanReturn[]): FigureOfReturn {
  if (funded.length === 0) return noFigure('no_capital');
  if (days.length < MIN_DAILY_RETURNS) return noFigure('too_few_days');
  return figure(annualVolatility(days.map(({ rate }) => rate ?? 0)));
}

function monthsOf(
  growth: readonly GrowthPoint[],
  valuations: readonly Valuation[],
  priceAt: PriceAt | undefined,
): MonthReturn[] {
  return divideGrowth(growth, SPAN_LENGTH.month).map(({ span, start, end, rate }) => ({
    month: span,
    from: start.at,
    to: end.at,
    ...valuesBetween(valuations, growth.indexOf(start), growth.indexOf(end)),
    rate,
    benchmarkRate: priceAt ? priceRate(priceAt, start.at, end.at) : null,
  }));
}

/** Returns a point for each moment of the chart, after the flows of that moment. */
function chartOf(
  funded: readonly GrowthPoint[],
  times: ReadonlySet<IsoTime>,
  priceAt: PriceAt | undefined,
): ChartPoint[] {
  const [first] = funded;
  if (!first) return [];
  const isShown = (at: IsoTime): boolean => at === first.at || times.has(at);
  const shown = funded.filter(({ at }, index) => isShown(at) && funded[index + 1]?.at !== at);
  return shown.map(({ at, growth }) => ({
    at,
    rate: rateBetween(first.growth, growth),
    benchmarkRate: priceAt ? priceRate(priceAt, first.at, at) : null,
  }));
}

function notesOf({ isYounger, isCut }: PerformanceFacts, funded: readonly GrowthPoint[]): PerformanceNote[] {
  const lastInvested = funded.findLastIndex(({ hasCapital }) => hasCapital);
  const isInterrupted = funded.slice(1, lastInvested).some(({ hasCapital }) => !hasCapital);
  const holds: Readonly<Record<PerformanceNote, boolean>> = {
    younger_than_period: isYounger,
    history_limit: isCut,
    no_capital: funded.length === 0,
    interrupted: isInterrupted,
    total_loss: funded.at(-1)?.growth === 0n,
  };
  return PERFORMANCE_NOTES.filter((note) => holds[note]);
}
