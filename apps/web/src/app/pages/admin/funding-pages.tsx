import { WithdrawalReviews } from '../../../features/admin/funding/withdrawal-reviews.tsx';
import { usePermissions } from '../../admin/admin-area.tsx';
import { PageTitle } from '../../page-title.tsx';

export function FundingReviewsPage() {
  const { changesUsers: isAdmin } = usePermissions();
  return (
    <>
      <PageTitle>Funding</PageTitle>
      <p className="text-muted">
        Large withdrawals wait for an administrator. Their cash is held until one decides.
      </p>
      <WithdrawalReviews isAdmin={isAdmin} />
    </>
  );
}
