import { z } from 'zod';
import type { IsoTime } from '../../core/brands.ts';
import { isoTime } from '../../core/brands.ts';
import {
  assetIdSchema,
  orderIdSchema,
  positiveUsdSchema,
  quantitySchema,
  recurringBuyIdSchema,
  timestampSchema,
  usdSchema,
  usernameSchema,
} from '../fields.ts';

/** The most recurring buys of one user. */
export const MAX_RECURRING_BUYS = 20;
/** The number of runs that a recurring buy remembers. The orders of all runs are in the list of orders. */
export const MAX_REMEMBERED_RUNS = 10;

/** How often a recurring buy runs. */
export const recurringIntervalSchema = z.enum(['day', 'week', 'two_weeks', 'month']);
export type RecurringInterval = z.infer<typeof recurringIntervalSchema>;

/**
 * What became of a run: it bought; it was refused, with the code of the error; or it is left out, because the platform
 * was away at its time.
 */
export const recurringRunSchema = z.object({
  scheduled_for: timestampSchema,
  at: timestampSchema.describe('When the run took place, or was given up.'),
  outcome: z.enum(['bought', 'refused', 'missed']),
  order_id: orderIdSchema.nullable(),
  quantity: quantitySchema.nullable().describe('Units that were bought.'),
  cost: usdSchema.nullable().describe('USD that were paid, fees included.'),
  error_code: z.string().max(20).nullable().describe('The code of the error that refused the order.'),
});
export type RecurringRun = z.infer<typeof recurringRunSchema>;

/** A market buy of the same amount at regular times. While it is active, a due work item says when it runs next. */
export const recurringBuySchema = z.object({
  recurring_buy_id: recurringBuyIdSchema,
  username: usernameSchema,
  asset_id: assetIdSchema,
  amount: positiveUsdSchema.describe('USD to spend on each run, fees included.'),
  every: recurringIntervalSchema,
  starts_at: timestampSchema.describe('The first run, from which the times of all others are counted.'),
  if_refused: z
    .enum(['skip', 'retry'])
    .describe('Whether a refused run waits for its next time, or is tried again within a few hours.'),
  status: z.enum(['active', 'paused']),
  paused_by: z
    .enum(['user', 'failures'])
    .nullable()
    .describe('`failures`: after several refused runs in a row.'),
  scheduled_for: timestampSchema.nullable().describe('The time of the next regular run; null while paused.'),
  next_run_at: timestampSchema
    .nullable()
    .describe('When it runs next: later than `scheduled_for` after a refusal.'),
  attempts: z.int().min(0).describe('The refused attempts of the run that is scheduled next.'),
  refused_in_a_row: z.int().min(0).describe('The runs since the last one that bought.'),
  bought_runs: z.int().min(0),
  total_cost: usdSchema.describe('USD of all runs that bought, fees included.'),
  runs: z.array(recurringRunSchema).max(MAX_REMEMBERED_RUNS).describe('The last runs, newest first.'),
  created_at: timestampSchema,
  updated_at: timestampSchema,
});
export type RecurringBuy = z.infer<typeof recurringBuySchema>;

const DAYS: Readonly<Record<Exclude<RecurringInterval, 'month'>, number>> = {
  day: 1,
  week: 7,
  two_weeks: 14,
};
const DAY_MILLISECONDS = 86_400_000;
const MONTHS_PER_YEAR = 12;

/** The times of a recurring buy. */
export type RecurringSchedule = Pick<RecurringBuy, 'every' | 'starts_at'>;

/**
 * Returns the first time of a schedule that is later than a moment; the start, if that is later. Times are counted in
 * UTC. A month that is too short for the day of the start has its run on its last day.
 */
export function nextTime({ every, starts_at }: RecurringSchedule, after: Date): IsoTime {
  const start = new Date(starts_at);
  if (start > after) return starts_at;
  if (every === 'month') return nextMonth(start, after);
  const step = DAYS[every] * DAY_MILLISECONDS;
  const steps = Math.floor((after.getTime() - start.getTime()) / step) + 1;
  return isoTime(new Date(start.getTime() + steps * step));
}

function nextMonth(start: Date, after: Date): IsoTime {
  const months =
    (after.getUTCFullYear() - start.getUTCFullYear()) * MONTHS_PER_YEAR +
    after.getUTCMonth() -
    start.getUTCMonth();
  const thisMonth = monthsLater(start, months);
  return isoTime(thisMonth > after ? thisMonth : monthsLater(start, months + 1));
}

function monthsLater(start: Date, months: number): Date {
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth() + months];
  // Day 0 is the last one of the month before.
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const later = new Date(start);
  later.setUTCFullYear(year, month, Math.min(start.getUTCDate(), lastDay));
  return later;
}
