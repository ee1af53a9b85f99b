import { getRouteApi } from '@tanstack/react-router';
import { Transfer } from '../../../features/transfer/transfer.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/cash/transfer');

/** The page of transfers; `?to=` names the recipient. */
export function TransferPage() {
  const { to } = route.useSearch();
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Transfer</PageTitle>
      <Transfer key={to} to={to} />
    </div>
  );
}
