import { assetIdParameterSchema } from '@cnop/common/entities/fields';
import { z } from 'zod';
import type { PerformanceRange } from '../../api/account/performance.ts';
import { performanceRangeSchema } from '../../api/account/performance.ts';

/** Search parameters of the performance page. */
export const performanceSearchSchema = z.object({
  range: performanceRangeSchema.optional().catch(undefined),
  benchmark: assetIdParameterSchema.optional().catch(undefined),
  view: z.enum(['table']).optional().catch(undefined),
});
export type PerformanceSearch = z.infer<typeof performanceSearchSchema>;

export const DEFAULT_RANGE: PerformanceRange = '1m';

/** The periods to choose from. */
export const RANGES = performanceRangeSchema.options.map((value) => ({
  value,
  label: value === 'all' ? 'All' : value.toUpperCase(),
}));
