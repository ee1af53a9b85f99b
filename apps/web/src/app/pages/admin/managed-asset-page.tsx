import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { assetsQuery } from '../../../api/market/assets.ts';
import { ManagedAsset } from '../../../features/admin/assets/managed-asset.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { usePermissions } from '../../admin/use-permissions.ts';
import { NotFoundPage } from '../../not-found-page.tsx';

const SKELETON_ROWS = 10;
const route = getRouteApi('/admin/assets/$assetId');

export function ManagedAssetPage() {
  const { assetId } = route.useParams();
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
