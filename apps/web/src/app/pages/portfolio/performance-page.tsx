import { getRouteApi } from '@tanstack/react-router';
import { Performance } from '../../../features/performance/performance.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/portfolio/performance');

export function PerformancePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Performance</PageTitle>
      <Performance
        search={search}
        onSearch={(change) => void navigate({ search: (known) => ({ ...known, ...change }) })}
      />
    </div>
  );
}
