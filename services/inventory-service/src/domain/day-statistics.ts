import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  clampToStorable,
  decimal,
  formatDecimal,
  formatPercentageOf,
  formatUsd,
  roundDown,
  ZERO,
} from '@cnop/common/core/money';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';

/** The day is moved on in steps of this: finer ones would cost memory, coarser ones would show. */
export const DAY_STEP: CandleInterval = '15m';
const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** What happened to an asset in the last 24 hours. */
export interface DayStatistics {
  /** USD per unit, and percent of the price of a day ago. */
  readonly price_change_24h: string;
  readonly price_change_percentage_24h: string;
  readonly high_24h: string;
  readonly low_24h: string;
  /** USD of the trades of this platform, each at the price at which its quarter of an hour ended. */
  readonly volume_24h: string;
}

/** A candle read once, since reading decimals costs more than comparing them. */
export interface DayStep {
  readonly openedAtMilliseconds: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly turnover: Decimal;
}

/** The steps of a day that are over, taken together. */
export interface DaySummary {
  readonly reference: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly turnover: Decimal;
}

export function dayStepOf({ open_time, open, high, low, close, volume }: Candle): DayStep {
  return {
    openedAtMilliseconds: Date.parse(open_time),
    open: decimal(open),
    high: decimal(high),
    low: decimal(low),
    turnover: volume === '0' ? ZERO : decimal(volume).times(close),
  };
}

/** When the first step of the day that ends at a moment begins. */
export function dayStart(nowMilliseconds: number): number {
  const step = CANDLE_SECONDS[DAY_STEP] * 1_000;
  // The step that a day ago lies in has begun before it, so the day begins with the one after.
  return Math.floor((nowMilliseconds - DAY_MILLISECONDS) / step) * step + step;
}

/** @param steps those of the day, in the order of time; none make no summary */
export function summarizeDay(steps: readonly DayStep[]): DaySummary | undefined {
  const [first, ...others] = steps;
  if (!first) return undefined;
  return others.reduce<DaySummary>(joinDay, { ...first, reference: first.open });
}

/**
 * What the last 24 hours came to, with the step that is not over and the price of the moment. Figures that extreme prices
 * make too large are limited to the largest that can be stored.
 */
export function dayStatistics(past: DaySummary | undefined, present: DayStep, price: string): DayStatistics {
  const { reference, high, low, turnover } = past
    ? joinDay(past, present)
    : { ...present, reference: present.open };
  const change = decimal(price).minus(reference);
  return {
    price_change_24h: formatDecimal(change),
    price_change_percentage_24h: formatPercentageOf(change, reference),
    high_24h: formatDecimal(high),
    low_24h: formatDecimal(low),
    volume_24h: formatUsd(clampToStorable(roundDown(turnover, CURRENCY_SCALE), CURRENCY_SCALE)),
  };
}

function joinDay(day: DaySummary, step: Omit<DaySummary, 'reference'>): DaySummary {
  return {
    reference: day.reference,
    high: step.high.gt(day.high) ? step.high : day.high,
    low: step.low.lt(day.low) ? step.low : day.low,
    turnover: step.turnover.eq('0') ? day.turnover : day.turnover.plus(step.turnover),
  };
}
