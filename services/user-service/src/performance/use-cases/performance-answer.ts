import { timestampSchema } from '@cnop/common/entities/fields';
import { z } from 'zod';
import { NO_FIGURE_REASONS } from '../domain/figure-of-return.ts';
import type { Performance } from '../domain/performance.ts';
import { PERFORMANCE_NOTES } from '../domain/performance.ts';
import { PERFORMANCE_RANGES } from '../domain/performance-period.ts';

export const performanceRangeSchema = z.enum(PERFORMANCE_RANGES);

const rate = z.number().nullable().describe('A part of one: 0.05 is 5 %. Null without money to invest.');
const figure = z.object({
  value: z.number().nullable(),
  unavailable: z.enum(NO_FIGURE_REASONS).nullable().describe('Why there is no value.'),
});
const periodValuesShape = {
  start_value: z.string(),
  end_value: z.string(),
  paid_in: z.string().describe('External flows into the portfolio, such as deposits.'),
  paid_out: z.string().describe('External flows out of it, such as withdrawals.'),
  gain: z.string().describe('The change of the value that is no flow.'),
};
const daySchema = z.object({ day: z.string(), return: z.number() }).nullable();

/** The answer of `GET /portfolio/performance`. */
export const performanceResponseSchema = z.object({
  from: timestampSchema,
  to: timestampSchema,
  interval: z.enum(['15m', '1h', '1d']),
  ...periodValuesShape,
  funded_from: timestampSchema.nullable().describe('The first moment with money to invest.'),
  time_weighted_return: z.object({ period: figure, annualised: figure }),
  money_weighted_return: z.object({
    period: figure,
    annualised: figure,
    solutions: z.array(z.number()).describe('All solutions for the period, when there are several.'),
  }),
  drawdown: z
    .object({
      depth: z.number(),
      from: timestampSchema,
      to: timestampSchema,
      recovered: timestampSchema.nullable(),
    })
    .nullable()
    .describe('The largest fall from a high; null without one.'),
  volatility: figure.describe('The standard deviation of daily returns, for a year.'),
  daily_returns: z.int().describe('Whole days in UTC that volatility, best and worst day follow from.'),
  best_day: daySchema,
  worst_day: daySchema,
  benchmark_asset: z.string().nullable(),
  benchmark: z
    .object({
      return: figure,
      alpha: figure.describe('The time-weighted return minus that of the benchmark.'),
      correlation: figure.describe('Of daily returns, from -1 to 1.'),
      tracking_error: figure.describe('The standard deviation of daily differences, for a year.'),
    })
    .nullable(),
  months: z.array(
    z.object({
      month: z.string(),
      from: timestampSchema,
      to: timestampSchema,
      ...periodValuesShape,
      return: rate,
      benchmark_return: rate,
    }),
  ),
  data: z
    .array(z.object({ at: timestampSchema, return: rate, benchmark_return: rate }))
    .describe('The cumulated time-weighted return, oldest first.'),
  notes: z.array(z.enum(PERFORMANCE_NOTES)),
  inputs: z
    .object({
      valuations: z
        .array(
          z.object({
            at: timestampSchema,
            total_value: z.string(),
            cash: z.string(),
            asset_value: z.string(),
            net_deposits: z.string(),
          }),
        )
        .describe('One before and one after each flow.'),
      flows: z.array(z.object({ at: timestampSchema, amount: z.string() })),
      benchmark_prices: z.array(z.object({ at: timestampSchema, price: z.string() })),
    })
    .nullable(),
});

/** Returns the figures of a performance as they are sent. */
export function answerOf(performance: Performance) {
  const { values, timeWeighted, moneyWeighted, volatility, days, bestDay, worstDay, drawdown } = performance;
  const { benchmark, months, chart } = performance;
  return {
    ...values,
    funded_from: performance.fundedFrom,
    time_weighted_return: timeWeighted,
    money_weighted_return: { ...moneyWeighted, solutions: [...moneyWeighted.solutions] },
    drawdown,
    volatility,
    daily_returns: days.length,
    best_day: bestDay && { day: bestDay.span, return: bestDay.rate ?? 0 },
    worst_day: worstDay && { day: worstDay.span, return: worstDay.rate ?? 0 },
    benchmark: benchmark && {
      return: benchmark.rate,
      alpha: benchmark.alpha,
      correlation: benchmark.correlation,
      tracking_error: benchmark.trackingError,
    },
    months: months.map(({ rate, benchmarkRate, ...month }) => ({
      ...month,
      return: rate,
      benchmark_return: benchmarkRate,
    })),
    data: chart.map(({ at, rate, benchmarkRate }) => ({ at, return: rate, benchmark_return: benchmarkRate })),
    notes: [...performance.notes],
  };
}
