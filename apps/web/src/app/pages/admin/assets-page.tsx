import { getRouteApi } from '@tanstack/react-router';
import { AssetList } from '../../../features/admin/assets/asset-list.tsx';
import type { AssetsSearch } from '../../../features/admin/assets/assets-search.ts';
import { PriceProposals } from '../../../features/admin/assets/price-proposals.tsx';
import { usePermissions } from '../../admin/use-permissions.ts';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/admin/assets');

export function AssetsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const permissions = usePermissions();
  const change = (changed: Partial<AssetsSearch>): void => {
    // Typing replaces, so that Back leaves the page instead of taking letters away.
    void navigate({ search: (known) => ({ ...known, ...changed }), replace: 'q' in changed });
  };
  return (
    <>
      <PageTitle>Assets</PageTitle>
      <div className="grid grid-cols-1 gap-4">
        <PriceProposals permissions={permissions} />
        <AssetList permissions={permissions} search={search} onSearch={change} />
      </div>
    </>
  );
}
