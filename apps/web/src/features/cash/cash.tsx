import { useQuery } from '@tanstack/react-query';
import { balanceQuery } from '../../api/account/cash.ts';
import { useFreeDeposits } from '../../api/app-info.ts';
import { Money } from '../../ui/amounts.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Figure, Figures } from '../../ui/figures.tsx';
import { ErrorState } from '../../ui/states.tsx';
import type { CashSearch } from './cash-search.ts';
import { EntryDetails } from './entry-details.tsx';
import { Ledger } from './ledger.tsx';
import { MoveCash } from './move-cash.tsx';

interface CashProps {
  readonly search: CashSearch;
  readonly onSearch: (change: Partial<CashSearch>) => void;
}

/** The cash page: balance, deposits and withdrawals, and the ledger. */
export function Cash({ search, onSearch }: CashProps) {
  const canDeposit = useFreeDeposits();
  return (
    <>
      <BalanceFigures />
      <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <MoveCash
          move={search.move ?? 'deposit'}
          canDeposit={canDeposit}
          onMove={(move) => onSearch({ move: move === 'deposit' ? undefined : move })}
        />
        <Ledger search={search} onSearch={onSearch} />
      </div>
      <Dialog
        kind="drawer"
        title="Entry"
        isOpen={search.entry !== undefined}
        onClose={() => onSearch({ entry: undefined })}
      >
        {search.entry !== undefined && <EntryDetails id={search.entry} />}
      </Dialog>
    </>
  );
}

/** The balance, what of it is available, and what open orders hold. */
function BalanceFigures() {
  const { data, error, refetch } = useQuery(balanceQuery());
  if (error && !data) {
    return (
      <div className="card">
        <ErrorState title="Your balance could not be loaded" error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  const figures = (
    <Figures className="grid-cols-2 sm:grid-cols-3">
      <Figure label="Available" className="max-sm:col-span-2">
        {data && <Money value={data.available_balance} className="text-xl sm:text-base" />}
      </Figure>
      <Figure label="Balance">{data && <Money value={data.current_balance} />}</Figure>
      <Figure label="Held by open orders">{data && <Money value={data.held_balance} />}</Figure>
    </Figures>
  );
  return data ? (
    figures
  ) : (
    <div role="status" aria-label="Loading your balance">
      {figures}
    </div>
  );
}
