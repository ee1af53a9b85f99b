import { HealthPanel } from '../../../features/admin/health/health-panel.tsx';
import { PageTitle } from '../../page-title.tsx';

export function HealthPage() {
  return (
    <>
      <PageTitle>Service health</PageTitle>
      <HealthPanel />
    </>
  );
}
