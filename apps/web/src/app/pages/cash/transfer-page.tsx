import { Transfer } from '../../../features/transfer/transfer.tsx';
import { PageTitle } from '../../page-title.tsx';

export function TransferPage() {
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Transfer</PageTitle>
      <Transfer />
    </div>
  );
}
