import { z } from 'zod';
import { historyRangeSchema } from '../../api/account/portfolio-history.ts';

export const holdingSortSchema = z.enum(['name', 'cost', 'value', 'result']);
export type HoldingSort = z.infer<typeof holdingSortSchema>;

/** What the address says about the portfolio. */
export const portfolioSearchSchema = z.object({
  range: historyRangeSchema.optional().catch(undefined),
  /** The chart shows the value unless it shows what was earned. */
  show: z.enum(['result']).optional().catch(undefined),
  view: z.enum(['table']).optional().catch(undefined),
  sort: holdingSortSchema.optional().catch(undefined),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
});
export type PortfolioSearch = z.infer<typeof portfolioSearchSchema>;
