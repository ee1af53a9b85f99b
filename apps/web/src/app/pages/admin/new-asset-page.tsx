import { useNavigate } from '@tanstack/react-router';
import { CreateAsset } from '../../../features/admin/assets/create-asset.tsx';
import { PageTitle } from '../../page-title.tsx';

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
