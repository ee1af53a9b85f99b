import { assetIdParameterSchema } from '@cnop/common/entities/fields';
import { z } from 'zod';
import { performanceRangeSchema } from '../../api/account/performance.ts';

/** Search parameters of the performance page. */
export const performanceSearchSchema = z.object({
  range: performanceRangeSchema.optional().catch(undefined),
  benchmark: assetIdParameterSchema.optional().catch(undefined),
  view: z.enum(['table']).optional().catch(undefined),
});
export type PerformanceSearch = z.infer<typeof performanceSearchSchema>;
