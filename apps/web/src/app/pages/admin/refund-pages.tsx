import { getRouteApi } from '@tanstack/react-router';
import { RefundOrder } from '../../../features/admin/refunds/refund-order.tsx';
import { RefundProposals } from '../../../features/admin/refunds/refund-proposals.tsx';
import { usePermissions } from '../../admin/admin-area.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/admin/refunds');

export function RefundsPage() {
  const { order } = route.useSearch();
  const navigate = route.useNavigate();
  const { approvesPrices: isAdmin } = usePermissions();
  return (
    <>
      <PageTitle>Refunds</PageTitle>
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <RefundOrder
          key={order}
          orderId={order}
          onOrder={(orderId) => void navigate({ search: { order: orderId } })}
        />
        <RefundProposals isAdmin={isAdmin} />
      </div>
    </>
  );
}
