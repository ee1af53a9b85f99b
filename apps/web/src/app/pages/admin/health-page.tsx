import { Health } from '../../../features/admin/health/health.tsx';
import { PageTitle } from '../../page-title.tsx';

export function HealthPage() {
  return (
    <>
      <PageTitle>Service health</PageTitle>
      <Health />
    </>
  );
}
