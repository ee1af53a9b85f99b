import { getRouteApi } from '@tanstack/react-router';
import { Tax } from '../../../features/tax/tax.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/portfolio/tax');

export function TaxPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Taxes</PageTitle>
      <Tax
        search={search}
        onSearch={(change) => void navigate({ search: (known) => ({ ...known, ...change }) })}
      />
    </div>
  );
}
