import { getRouteApi } from '@tanstack/react-router';
import { Statements } from '../../../features/statements/statements.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/cash/statements');

export function StatementsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Statements</PageTitle>
      <Statements
        search={search}
        onSearch={(change) => void navigate({ search: (known) => ({ ...known, ...change }) })}
      />
    </div>
  );
}
