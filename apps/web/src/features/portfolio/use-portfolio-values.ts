import { useMemo } from 'react';
import type { Portfolio } from '../../api/account/portfolio.ts';
import { useMids } from '../../live/use-mids.ts';
import type { PortfolioValues } from './portfolio-values.ts';
import { valuePortfolio } from './portfolio-values.ts';

/** The account at the prices of the moment; whoever uses it is rendered with every tick of what is held. */
export function usePortfolioValues(portfolio: Portfolio): PortfolioValues {
  const mids = useMids(portfolio.assets.map(({ asset_id }) => asset_id));
  return useMemo(() => valuePortfolio(portfolio, mids), [portfolio, mids]);
}
