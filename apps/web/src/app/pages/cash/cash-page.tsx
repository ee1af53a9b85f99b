import { getRouteApi } from '@tanstack/react-router';
import { Cash } from '../../../features/cash/cash.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/cash/');

export function CashPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Cash</PageTitle>
      <Cash
        search={search}
        onSearch={(change) => void navigate({ search: (known) => ({ ...known, ...change }) })}
      />
    </div>
  );
}
