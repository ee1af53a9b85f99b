import { decimal } from '@cnop/common/core/money';
import { z } from 'zod';
import type { PortfolioHolding } from '../../api/account/portfolio.ts';
import { historyRangeSchema } from '../../api/account/portfolio.ts';
import type { SortDirection } from '../../ui/table.tsx';

const holdingSortSchema = z.enum(['name', 'cost', 'value', 'result']);
export type HoldingSort = z.infer<typeof holdingSortSchema>;

/** Search parameters of the portfolio page. */
export const portfolioSearchSchema = z.object({
  range: historyRangeSchema.optional().catch(undefined),
  /** The chart shows the value by default. */
  show: z.enum(['result']).optional().catch(undefined),
  view: z.enum(['table']).optional().catch(undefined),
  sort: holdingSortSchema.optional().catch(undefined),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
});
export type PortfolioSearch = z.infer<typeof portfolioSearchSchema>;

export const DEFAULT_SORT: HoldingSort = 'value';

/** The direction in which a column is sorted first: names ascending, amounts descending. */
export const FIRST_DIRECTION: Readonly<Record<HoldingSort, SortDirection>> = {
  name: 'asc',
  cost: 'desc',
  value: 'desc',
  result: 'desc',
};

type Compare = (one: PortfolioHolding, other: PortfolioHolding) => number;

const COMPARE: Readonly<Record<HoldingSort, Compare>> = {
  name: (one, other) => one.asset_id.localeCompare(other.asset_id, 'en'),
  cost: (one, other) => decimal(one.total_invested).cmp(other.total_invested),
  value: (one, other) => decimal(one.market_value).cmp(other.market_value),
  result: (one, other) => decimal(one.unrealized_pnl).cmp(other.unrealized_pnl),
};

/** Sorts positions by the values of the answer, so that rows do not move with each tick. */
export function sortHoldings(
  holdings: readonly PortfolioHolding[],
  { sort = DEFAULT_SORT, dir = FIRST_DIRECTION[sort] }: Pick<PortfolioSearch, 'sort' | 'dir'>,
): PortfolioHolding[] {
  const factor = dir === 'asc' ? 1 : -1;
  return holdings.toSorted((one, other) => COMPARE[sort](one, other) * factor || COMPARE.name(one, other));
}
