import { getRouteApi } from '@tanstack/react-router';
import { AuditLog } from '../../../features/admin/audit/audit-log.tsx';
import { HealthPanel } from '../../../features/admin/health/health-panel.tsx';
import { Overview } from '../../../features/admin/overview/overview.tsx';
import { usePermissions } from '../../admin/admin-area.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/admin/audit');

export function OverviewPage() {
  const { changesUsers: isAdmin } = usePermissions();
  return (
    <>
      <PageTitle>Overview</PageTitle>
      <Overview isAdmin={isAdmin} />
    </>
  );
}

export function AuditPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageTitle>Audit log</PageTitle>
      <AuditLog search={search} onSearch={(next) => void navigate({ search: next })} />
    </>
  );
}

export function HealthPage() {
  return (
    <>
      <PageTitle>Service health</PageTitle>
      <HealthPanel />
    </>
  );
}
