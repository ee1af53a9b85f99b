import { assetIdSchema, timestampSchema } from '@cnop/common/entities/fields';
import { z } from 'zod';
import {
  INSIGHT_ACTIONS,
  INSIGHT_CODES,
  INSIGHT_SEVERITIES,
  INSIGHT_UNITS,
  INSIGHT_VALUES,
} from '../domain/insight.ts';

/** The answer of `GET /portfolio/insights`. */
export const insightsResponseSchema = z.object({
  data: z.array(
    z.object({
      code: z.enum(INSIGHT_CODES),
      severity: z.enum(INSIGHT_SEVERITIES),
      asset_id: assetIdSchema.nullable().describe('Null for the whole portfolio, or its cash.'),
      values: z
        .array(
          z.object({
            name: z.enum(INSIGHT_VALUES),
            unit: z.enum(INSIGHT_UNITS).describe('A share is a part of one: 0.05 is 5 %.'),
            value: z.string(),
          }),
        )
        .describe('The numbers behind it; the first one exceeded the threshold.'),
      threshold: z.string(),
      action: z.enum(INSIGHT_ACTIONS).describe('What can be done.'),
      text: z.string().nullable().describe('The words of the provider; null without one.'),
    }),
  ),
  wording: z.enum(['plain', 'provider']),
});

const targetSchema = z.object({
  cash: z.string().describe('A percentage.'),
  assets: z.array(z.object({ asset_id: assetIdSchema, percentage: z.string() })),
  updated_at: timestampSchema,
});

/** The answer of each method of `/portfolio/target-allocation`. */
export const targetResponseSchema = z.object({
  data: targetSchema.nullable().describe('Null when no target is stored.'),
});
