import { decimal } from '@cnop/common/core/money';
import type { Portfolio } from '../../api/account/portfolio.ts';
import { percentChange } from '../../format/numbers.ts';
import { Money, Percent } from '../../ui/amounts.tsx';
import { Figure, Figures } from '../../ui/figures.tsx';
import { usePortfolioValues } from './portfolio-values.ts';

const GRID = 'grid-cols-2 lg:grid-cols-5';
const WHOLE_ROW = 'max-lg:col-span-2';

/** The key figures of the account. */
export function PortfolioSummary({ portfolio }: { readonly portfolio: Portfolio }) {
  const { total, assets, result } = usePortfolioValues(portfolio);
  const { usd_balance, total_invested, realized_pnl } = portfolio;
  return (
    <Figures className={GRID}>
      <Figure label="Total value" className={WHOLE_ROW}>
        <Money value={total} className="text-xl lg:text-base" />
      </Figure>
      <Figure label="Cash">
        <Money value={usd_balance} />
      </Figure>
      <Figure label="Cost of positions">
        <Money value={total_invested} />
      </Figure>
      <Figure
        label="Unrealised P&L, since bought"
        aside={<Percent value={percentChange(assets, decimal(total_invested))} />}
      >
        <Money value={result} isChange />
      </Figure>
      <Figure label="Realised P&L, all time">
        <Money value={realized_pnl} isChange />
      </Figure>
    </Figures>
  );
}

export function PortfolioSummarySkeleton() {
  return (
    <div role="status" aria-label="Loading your portfolio">
      <Figures className={GRID}>
        <Figure label="Total value" className={WHOLE_ROW}>
          {undefined}
        </Figure>
        <Figure label="Cash">{undefined}</Figure>
        <Figure label="Cost of positions">{undefined}</Figure>
        <Figure label="Unrealised P&L, since bought">{undefined}</Figure>
        <Figure label="Realised P&L, all time">{undefined}</Figure>
      </Figures>
    </div>
  );
}
