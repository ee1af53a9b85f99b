import type { Candle } from '@cnop/common/entities/inventory/candle';
import type { DayStatistics, DayStep, DaySummary } from '../domain/day-statistics.ts';
import { DAY_STEP, dayStart, dayStatistics, dayStepOf, summarizeDay } from '../domain/day-statistics.ts';

/** The last day of one asset. */
interface AssetDay {
  steps: DayStep[];
  /** Of the steps, and from when on; made anew when a step comes or the day has moved on. */
  summary: { readonly fromMilliseconds: number; readonly of: DaySummary | undefined } | undefined;
}

/** Remembers the candles of the last 24 hours, so that asking for its statistics reads no store. */
export function createDayWindow() {
  const days = new Map<string, AssetDay>();

  const summaryOf = (day: AssetDay, now: Date): DaySummary | undefined => {
    const fromMilliseconds = dayStart(now.getTime());
    if (day.summary?.fromMilliseconds !== fromMilliseconds) {
      day.steps = day.steps.filter(({ openedAtMilliseconds }) => openedAtMilliseconds >= fromMilliseconds);
      day.summary = { fromMilliseconds, of: summarizeDay(day.steps) };
    }
    return day.summary.of;
  };

  return {
    /** Adds candles that are over, of any interval; only those that a day is made of count. */
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

    /** @param present the step that is not over, with the price of the moment as its close */
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
