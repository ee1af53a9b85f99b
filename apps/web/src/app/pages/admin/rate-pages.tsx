import { getRouteApi } from '@tanstack/react-router';
import { PriceProposals } from '../../../features/admin/assets/price-proposals.tsx';
import { ExchangeRates } from '../../../features/admin/rates/exchange-rates.tsx';
import { usePermissions } from '../../admin/admin-area.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/admin/rates');

export function RatesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const permissions = usePermissions();
  return (
    <>
      <PageTitle>Exchange rates</PageTitle>
      <div className="grid grid-cols-1 gap-4">
        <PriceProposals permissions={permissions} kind="currencies" />
        <ExchangeRates
          permissions={permissions}
          search={search}
          onSearch={(next) => void navigate({ search: next })}
        />
      </div>
    </>
  );
}
