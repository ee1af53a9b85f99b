import { BASE_CURRENCY } from '@cnop/common/entities/currency';
import { getRouteApi } from '@tanstack/react-router';
import { PriceProposals } from '../../../features/admin/assets/price-proposals.tsx';
import { ExchangeRates } from '../../../features/admin/rates/exchange-rates.tsx';
import { usePermissions } from '../../admin/admin-area.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/admin/rates');

export function RatesPage() {
  const { quote = BASE_CURRENCY } = route.useSearch();
  const navigate = route.useNavigate();
  const permissions = usePermissions();
  return (
    <>
      <PageTitle>Exchange rates</PageTitle>
      <div className="grid grid-cols-1 gap-4">
        <PriceProposals permissions={permissions} kind="currencies" />
        <ExchangeRates
          permissions={permissions}
          quote={quote}
          onQuote={(next) => void navigate({ search: { quote: next === BASE_CURRENCY ? undefined : next } })}
        />
      </div>
    </>
  );
}
