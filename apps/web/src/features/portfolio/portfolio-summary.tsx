import { decimal } from '@cnop/common/core/money';
import { BASE_CURRENCY, digitsOf } from '@cnop/common/entities/currency';
import { useQuery } from '@tanstack/react-query';
import type { Portfolio } from '../../api/account/portfolio.ts';
import { exchangeRatesQuery } from '../../api/exchange-rates.ts';
import { formatQuantity, percentChange, plainText } from '../../format/numbers.ts';
import { useAppearance } from '../../settings/appearance.ts';
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
      <Figure label="Total value" className={WHOLE_ROW} aside={<InDisplayCurrency value={total} />}>
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

/** An amount in USD in the currency that the user has chosen, at the mid rate of the moment. */
function InDisplayCurrency({ value }: { readonly value: string }) {
  const { displayCurrency } = useAppearance();
  const isOther = displayCurrency !== BASE_CURRENCY;
  const { data: rates } = useQuery({ ...exchangeRatesQuery(displayCurrency), enabled: isOther });
  const rate = rates?.find(({ base }) => base === BASE_CURRENCY);
  if (!isOther || !rate) return null;
  const converted = decimal(value).times(rate.mid).round(digitsOf(displayCurrency));
  return (
    <span title={`At ${formatQuantity(rate.mid)} ${displayCurrency} for 1 USD`}>
      ≈ <Money value={plainText(converted)} currency={displayCurrency} />
    </span>
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
