import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { assetsQuery } from '../../../api/market.ts';
import { AssetList } from '../../../features/admin/assets/asset-list.tsx';
import type { AssetsSearch } from '../../../features/admin/assets/assets-search.ts';
import { CreateAsset } from '../../../features/admin/assets/create-asset.tsx';
import { ManagedAsset } from '../../../features/admin/assets/managed-asset.tsx';
import { PriceProposals } from '../../../features/admin/assets/price-proposals.tsx';
import { ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { usePermissions } from '../../admin/admin-area.tsx';
import { NotFoundPage } from '../../fallback-pages.tsx';
import { PageTitle } from '../../page-title.tsx';

const listRoute = getRouteApi('/admin/assets');

export function AssetsPage() {
  const search = listRoute.useSearch();
  const navigate = listRoute.useNavigate();
  const permissions = usePermissions();
  const change = (changed: Partial<AssetsSearch>): void => {
    // Typing replaces the history entry, so that Back leaves the page.
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

export function NewAssetPage() {
  const navigate = useNavigate();
  return (
    <>
      <PageTitle>New asset</PageTitle>
      <CreateAsset
        onCreated={(assetId) => void navigate({ to: '/admin/assets/$assetId', params: { assetId } })}
      />
    </>
  );
}

const SKELETON_ROWS = 10;
const assetRoute = getRouteApi('/admin/assets/$assetId');

export function ManagedAssetPage() {
  const { assetId } = assetRoute.useParams();
  const permissions = usePermissions();
  const { data: assets, error, refetch } = useQuery(assetsQuery());
  const asset = assets?.find(({ asset_id }) => asset_id === assetId.toUpperCase());
  useEffect(() => {
    document.title = `${assetId.toUpperCase()} · Assets · CNOP`;
  }, [assetId]);
  if (asset) return <ManagedAsset key={asset.asset_id} asset={asset} permissions={permissions} />;
  if (assets) return <NotFoundPage />;
  return (
    <div className="card">
      <h1 className="sr-only">Asset {assetId}</h1>
      {error ? (
        <ErrorState title="The asset could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading the asset" rows={SKELETON_ROWS} />
      )}
    </div>
  );
}
