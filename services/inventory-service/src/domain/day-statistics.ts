import type { AssetId, Price, Usd } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  clampToStorable,
  decimal,
  formatDecimal,
  formatPercentageOf,
  formatPrice,
  formatUsd,
  roundDown,
  ZERO,
} from '@cnop/common/core/money';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';

/** The last 24 hours move on in steps of this interval; a finer one would cost memory, a coarser one accuracy. */
export const DAY_STEP: CandleInterval = '15m';
const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** The statistics of an asset over the last 24 hours. */
export interface DayStatistics {
  /** USD per unit. */
  readonly price_change_24h: string;
  /** Percent of the price a day ago. */
  readonly price_change_percentage_24h: string;
  readonly high_24h: Price;
  readonly low_24h: Price;
  /** USD of the trades on this platform, each at the closing price of its quarter of an hour. */
  readonly volume_24h: Usd;
}

/** A parsed candle of a day; parsing decimals costs more than comparing them. */
interface DayStep {
  readonly openedAtMilliseconds: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly turnover: Decimal;
}

/** The summary of the closed steps of a day. */
interface DaySummary {
  readonly reference: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly turnover: Decimal;
}

/**
 * Returns the beginning of the first step within the 24 hours before a moment.
 * @returns milliseconds since the epoch
 */
export function dayStart(nowMilliseconds: number): number {
  const step = CANDLE_SECONDS[DAY_STEP] * 1_000;
  // The step that contains the moment 24 hours ago began before it, so the day begins with the next one.
  return Math.floor((nowMilliseconds - DAY_MILLISECONDS) / step) * step + step;
}

/** The last day of one asset. */
interface AssetDay {
  steps: DayStep[];
  /** The summary of the steps since a moment; computed again when a step is added or the day has moved on. */
  summary: { readonly fromMilliseconds: number; readonly value: DaySummary | undefined } | undefined;
}

/** Creates the window over the last 24 hours of each asset, kept in memory so that its statistics need no store. */
export function createDayWindow() {
  const days = new Map<AssetId, AssetDay>();

  const summaryOf = (day: AssetDay, now: Date): DaySummary | undefined => {
    const fromMilliseconds = dayStart(now.getTime());
    if (day.summary?.fromMilliseconds !== fromMilliseconds) {
      day.steps = day.steps.filter(({ openedAtMilliseconds }) => openedAtMilliseconds >= fromMilliseconds);
      day.summary = { fromMilliseconds, value: summarizeDay(day.steps) };
    }
    return day.summary.value;
  };

  return {
    /** Adds candles; only final ones of the interval `DAY_STEP` count, each once. */
    add(candles: readonly Candle[]): void {
      for (const candle of candles) {
        if (candle.interval !== DAY_STEP || !candle.final) continue;
        const day = days.get(candle.asset_id) ?? { steps: [], summary: undefined };
        const step = dayStepOf(candle);
        const isOther = ({ openedAtMilliseconds }: DayStep) =>
          openedAtMilliseconds !== step.openedAtMilliseconds;
        day.steps = [...day.steps.filter(isOther), step].sort(byTime);
        day.summary = undefined;
        days.set(candle.asset_id, day);
      }
    },

    /**
     * Returns the statistics of an asset.
     * @param present the open candle of the interval `DAY_STEP`, whose close is the current price
     */
    statisticsOf(present: Candle, now: Date): DayStatistics {
      const day = days.get(present.asset_id);
      return dayStatistics(day && summaryOf(day, now), dayStepOf(present), present.close);
    },

    clear(): void {
      days.clear();
    },
  };
}

function byTime(one: DayStep, other: DayStep): number {
  return one.openedAtMilliseconds - other.openedAtMilliseconds;
}

function dayStepOf({ open_time, open, high, low, close, volume }: Candle): DayStep {
  return {
    openedAtMilliseconds: Date.parse(open_time),
    open: decimal(open),
    high: decimal(high),
    low: decimal(low),
    turnover: volume === '0' ? ZERO : decimal(volume).times(close),
  };
}

/** Summarizes steps in the order of time; returns `undefined` without any. */
function summarizeDay(steps: readonly DayStep[]): DaySummary | undefined {
  const [first, ...others] = steps;
  if (!first) return undefined;
  return others.reduce<DaySummary>(joinDay, { ...first, reference: first.open });
}

/** Computes the statistics of a day, limited to the largest figures that can be stored. */
function dayStatistics(past: DaySummary | undefined, present: DayStep, price: Price): DayStatistics {
  const { reference, high, low, turnover } = past
    ? joinDay(past, present)
    : { ...present, reference: present.open };
  const change = decimal(price).minus(reference);
  return {
    price_change_24h: formatDecimal(change),
    price_change_percentage_24h: formatPercentageOf(change, reference),
    high_24h: formatPrice(high),
    low_24h: formatPrice(low),
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
