import { getRouteApi } from '@tanstack/react-router';
import { Cash } from '../../features/cash/cash.tsx';
import { PageTitle } from '../page-title.tsx';
import { WhileSignedIn } from '../require-session.tsx';

const route = getRouteApi('/cash');

export function CashPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-1 gap-3">
      <PageTitle>Cash</PageTitle>
      <WhileSignedIn>
        <Cash
          search={search}
          onSearch={(change) => void navigate({ search: (known) => ({ ...known, ...change }) })}
        />
      </WhileSignedIn>
    </div>
  );
}
