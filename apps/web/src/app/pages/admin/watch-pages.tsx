import { getRouteApi } from '@tanstack/react-router';
import { AuditLog } from '../../../features/admin/audit/audit-log.tsx';
import { HealthPanel } from '../../../features/admin/health/health-panel.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/admin/audit');

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
