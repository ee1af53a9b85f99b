import { getRouteApi } from '@tanstack/react-router';
import { Orders } from '../../features/orders/orders.tsx';
import { PageTitle } from '../page-title.tsx';
import { WhileSignedIn } from '../require-session.tsx';

const route = getRouteApi('/orders');

export function OrdersPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-1 gap-3">
      <PageTitle>Orders</PageTitle>
      <WhileSignedIn>
        <Orders
          search={search}
          onSearch={(change) => void navigate({ search: (known) => ({ ...known, ...change }) })}
        />
      </WhileSignedIn>
    </div>
  );
}
