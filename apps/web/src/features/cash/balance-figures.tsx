import { useQuery } from '@tanstack/react-query';
import { balanceQuery } from '../../api/account/balance.ts';
import { Money } from '../../ui/amounts.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Figure, Figures } from '../../ui/figures.tsx';

/** The cash of the user, what of it may be spent, and what open orders keep. */
export function BalanceFigures() {
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
