import { AirdropList } from '../../../features/admin/airdrops/airdrop-list.tsx';
import { CreateAirdrop } from '../../../features/admin/airdrops/create-airdrop.tsx';
import { usePermissions } from '../../admin/admin-area.tsx';
import { PageTitle } from '../../page-title.tsx';

export function AirdropsPage() {
  const { changesUsers: isAdmin } = usePermissions();
  return (
    <>
      <PageTitle>Airdrops</PageTitle>
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        {isAdmin && <CreateAirdrop />}
        <AirdropList isAdmin={isAdmin} />
      </div>
    </>
  );
}
