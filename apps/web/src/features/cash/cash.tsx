import { useFreeDeposits } from '../../api/app-info.ts';
import { BalanceFigures } from './balance-figures.tsx';
import type { CashSearch } from './cash-search.ts';
import { Ledger } from './ledger.tsx';
import { MoveCash } from './move-cash.tsx';

export interface CashProps {
  readonly search: CashSearch;
  readonly onSearch: (change: Partial<CashSearch>) => void;
}

/** The cash of the user: how much there is, in and out, and every movement. */
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
    </>
  );
}
