import type { Currency } from '@cnop/common/entities/currency';
import { BASE_CURRENCY } from '@cnop/common/entities/currency';
import { useFreeDeposits } from '../../api/app-info.ts';
import { Money } from '../../ui/amounts.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Figure, Figures } from '../../ui/figures.tsx';
import { ErrorState } from '../../ui/states.tsx';
import type { CashSearch } from './cash-search.ts';
import { EntryDetails } from './entry-details.tsx';
import { Ledger } from './ledger.tsx';
import { MoveCash } from './move-cash.tsx';
import { useWallet } from './use-wallet.ts';
import { Wallets } from './wallets.tsx';

interface CashProps {
  readonly search: CashSearch;
  readonly onSearch: (change: Partial<CashSearch>) => void;
}

/** The cash page: all wallets, and of one its balance, deposits and withdrawals, and ledger. */
export function Cash({ search, onSearch }: CashProps) {
  const canDeposit = useFreeDeposits();
  const currency = search.currency ?? BASE_CURRENCY;
  return (
    <>
      <Wallets chosen={currency} />
      <BalanceFigures currency={currency} />
      <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <MoveCash
          key={currency}
          currency={currency}
          onCurrency={(next) => onSearch({ currency: next === BASE_CURRENCY ? undefined : next })}
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
        {search.entry !== undefined && <EntryDetails id={search.entry} currency={search.currency} />}
      </Dialog>
    </>
  );
}

/** The balance, what of it is available, and what open orders hold. */
function BalanceFigures({ currency }: { readonly currency: Currency }) {
  const { data, error, refetch } = useWallet(currency);
  if (error && !data) {
    return (
      <div className="card">
        <ErrorState title="Your balance could not be loaded" error={error} onRetry={refetch} />
      </div>
    );
  }
  const figures = (
    <Figures className="grid-cols-2 sm:grid-cols-3">
      <Figure label="Available" className="max-sm:col-span-2">
        {data && (
          <Money value={data.available_balance} currency={currency} className="text-xl sm:text-base" />
        )}
      </Figure>
      <Figure label="Balance">{data && <Money value={data.current_balance} currency={currency} />}</Figure>
      <Figure label="Held by open orders">
        {data && <Money value={data.held_balance} currency={currency} />}
      </Figure>
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
