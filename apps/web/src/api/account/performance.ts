import type { AssetId } from '@cnop/common/core/brands';
import { assetIdSchema, signedDecimalSchema, timestampSchema } from '@cnop/common/entities/fields';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

/** The API limits these as reports, so they are read less often than the portfolio. */
const PERFORMANCE_KEY = ['performance'] as const;

export const performanceRangeSchema = z.enum(['1d', '1w', '1m', '3m', 'ytd', '1y', 'all']);
export type PerformanceRange = z.infer<typeof performanceRangeSchema>;

const figureSchema = z.object({ value: z.number().nullable(), unavailable: z.string().nullable() });
/** A statistic, or the code of the reason why there is none. */
export type ReturnFigure = z.output<typeof figureSchema>;

const daySchema = z.object({ day: z.string(), return: z.number() }).nullable();
const rateSchema = z.number().nullable();
const pointSchema = z.object({ at: timestampSchema, return: rateSchema, benchmark_return: rateSchema });
/** The return since the start of the period, as a part of one. */
export type GrowthPoint = z.output<typeof pointSchema>;

const monthSchema = z.object({
  month: z.string(),
  paid_in: z.string(),
  paid_out: z.string(),
  gain: signedDecimalSchema,
  return: rateSchema,
  benchmark_return: rateSchema,
});
export type MonthReturn = z.output<typeof monthSchema>;

const performanceSchema = z.object({
  from: timestampSchema,
  gain: signedDecimalSchema,
  paid_in: z.string(),
  paid_out: z.string(),
  time_weighted_return: z.object({ period: figureSchema, annualised: figureSchema }),
  money_weighted_return: z.object({
    period: figureSchema,
    annualised: figureSchema,
    solutions: z.array(z.number()),
  }),
  drawdown: z
    .object({
      depth: z.number(),
      from: timestampSchema,
      to: timestampSchema,
      recovered: timestampSchema.nullable(),
    })
    .nullable(),
  volatility: figureSchema,
  best_day: daySchema,
  worst_day: daySchema,
  benchmark: z
    .object({
      return: figureSchema,
      alpha: figureSchema,
      correlation: figureSchema,
      tracking_error: figureSchema,
    })
    .nullable(),
  months: z.array(monthSchema),
  data: z.array(pointSchema),
  notes: z.array(z.string()),
});
export type Performance = z.output<typeof performanceSchema>;

/** Reads what the money in the portfolio earned in a period, next to an asset. */
export function performanceQuery(range: PerformanceRange, benchmark: string | undefined) {
  return queryOptions({
    queryKey: [...PERFORMANCE_KEY, range, benchmark ?? null],
    queryFn: ({ signal }) =>
      callApi({
        path: '/portfolio/performance',
        query: { range, benchmark },
        schema: performanceSchema,
        signal,
      }),
  });
}

const insightSchema = z.object({
  code: z.string(),
  severity: z.enum(['serious', 'warning', 'info']),
  asset_id: assetIdSchema.nullable(),
  values: z.array(
    z.object({ name: z.string(), unit: z.enum(['share', 'usd', 'seconds']), value: z.string() }),
  ),
  threshold: z.string(),
  action: z.string(),
  text: z.string().nullable(),
});
export type Insight = z.output<typeof insightSchema>;

export const INSIGHTS_KEY = ['insights'] as const;

/** Reads what is worth a look in the portfolio, serious findings first. */
export function insightsQuery() {
  return queryOptions({
    queryKey: INSIGHTS_KEY,
    queryFn: ({ signal }) =>
      callApi({ path: '/portfolio/insights', schema: z.object({ data: z.array(insightSchema) }), signal }),
    select: ({ data }) => data,
  });
}

const targetSchema = z.object({
  cash: z.string(),
  assets: z.array(z.object({ asset_id: assetIdSchema, percentage: z.string() })),
});
/** Percentages of cash and of assets, which sum up to 100. */
export interface TargetAllocation {
  readonly cash: string;
  readonly assets: readonly { readonly asset_id: AssetId; readonly percentage: string }[];
}
const targetAnswerSchema = z.object({ data: targetSchema.nullable() });

const TARGET_PATH = '/portfolio/target-allocation';
export const TARGET_KEY = ['target-allocation'] as const;

/** Reads the target allocation; `null` when none is stored. */
export function targetQuery() {
  return queryOptions({
    queryKey: TARGET_KEY,
    queryFn: ({ signal }) => callApi({ path: TARGET_PATH, schema: targetAnswerSchema, signal }),
    select: ({ data }) => data,
  });
}

/** Stores the target allocation in place of the one before. */
export async function saveTarget(body: TargetAllocation) {
  return callApi({ method: 'PUT', path: TARGET_PATH, body, schema: targetAnswerSchema });
}

/** Removes the target allocation. */
export async function removeTarget() {
  return callApi({ method: 'DELETE', path: TARGET_PATH, schema: targetAnswerSchema });
}
