import type { RecurringBuy } from '@cnop/common/entities/order/recurring-buy';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  deleteRecurringBuy,
  RECURRING_BUYS_KEY,
  recurringBuysQuery,
  switchRecurringBuy,
} from '../../api/account/recurring-buys.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { assetsQuery } from '../../api/market.ts';
import { formatCount } from '../../format/numbers.ts';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Money, Quantity } from '../../ui/amounts.tsx';
import { AssetBadge, Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.ts';
import { refusalText } from '../../ui/order-names.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { RecurringForm } from './recurring-form.tsx';
import { INTERVAL_NAMES, RUN_NAMES, RUN_TONES } from './recurring-words.ts';

const SKELETON_ROWS = 3;
const SHOWN_RUNS = 3;

/** The recurring buys of the user, with the form that creates one. */
export function RecurringBuys() {
  const { data: buys, error, refetch } = useQuery(recurringBuysQuery());
  const { data: assets } = useQuery(assetsQuery());
  const onSale = assets?.filter(({ status, category }) => status === 'active' && category !== 'currency');
  const first = onSale?.[0];
  return (
    <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]">
      <section aria-labelledby="recurring-title" className="card min-w-0">
        <h2 id="recurring-title" className="flex min-h-11 items-center border-b border-line px-4 font-medium">
          Your recurring buys
        </h2>
        {buys ? (
          buys.length > 0 ? (
            <ul aria-labelledby="recurring-title" className="grid divide-y divide-line">
              {buys.map((buy) => (
                <RecurringItem key={buy.recurring_buy_id} buy={buy} />
              ))}
            </ul>
          ) : (
            <EmptyState title="No recurring buys">
              Buy an asset for the same amount every day, week or month, at the price of that moment.
            </EmptyState>
          )
        ) : error ? (
          <ErrorState
            title="Your recurring buys could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        ) : (
          <SkeletonRows label="Loading your recurring buys" rows={SKELETON_ROWS} rowClass="h-20" />
        )}
      </section>
      {onSale && first && <RecurringForm assets={onSale} first={first.asset_id} />}
    </div>
  );
}

function RecurringItem({ buy }: { readonly buy: RecurringBuy }) {
  const { asset_id, amount, every, status, paused_by, next_run_at, bought_runs, total_cost } = buy;
  return (
    <li className="flex flex-wrap items-start gap-3 p-4">
      <AssetBadge symbol={asset_id} />
      <div className="grid min-w-0 flex-1 gap-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          <Money value={amount} /> of{' '}
          <Link to="/assets/$assetId" params={{ assetId: asset_id }} className="hover:underline">
            {asset_id}
          </Link>
          {status === 'paused' && <Badge tone="warn">Paused</Badge>}
        </p>
        <p className="text-sm text-muted">
          {INTERVAL_NAMES[every]}
          {next_run_at !== null && (
            <>
              , next <Time value={next_run_at} />
            </>
          )}
          {paused_by === 'failures' && '. It was paused after three refused buys.'}
        </p>
        <p className="text-sm text-faint">
          {formatCount(bought_runs)} {bought_runs === 1 ? 'buy' : 'buys'}, <Money value={total_cost} /> in all
        </p>
        <Runs buy={buy} />
      </div>
      <Actions buy={buy} />
    </li>
  );
}

/** The last runs of a recurring buy, newest first. */
function Runs({ buy: { runs, asset_id } }: { readonly buy: RecurringBuy }) {
  if (runs.length === 0) return null;
  return (
    <ul aria-label="Last buys" className="mt-1 grid gap-1 text-sm">
      {runs.slice(0, SHOWN_RUNS).map(({ at, outcome, quantity, cost, error_code, order_id }) => (
        <li key={at} className="flex flex-wrap items-center gap-x-2">
          <Badge tone={RUN_TONES[outcome]}>{RUN_NAMES[outcome]}</Badge>
          <Time value={at} />
          {order_id !== null && (
            <Link to="/orders" search={{ order: order_id }} className="hover:underline">
              <Quantity value={quantity} unit={asset_id} /> for <Money value={cost} />
            </Link>
          )}
          {outcome === 'refused' && <span className="text-muted">{refusalText(error_code)}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Pauses, resumes and deletes a recurring buy. */
function Actions({ buy }: { readonly buy: RecurringBuy }) {
  const { asset_id, status } = buy;
  const [isAsking, setIsAsking] = useState(false);
  const { switchTo, remove } = useActions(buy, () => setIsAsking(false));
  const isPaused = status === 'paused';
  return (
    <span className="flex gap-2">
      <Button
        size="small"
        isBusy={switchTo.isPending}
        onClick={() => switchTo.mutate(isPaused ? 'active' : 'paused')}
      >
        {isPaused ? 'Resume' : 'Pause'} <span className="sr-only">the recurring buy of {asset_id}</span>
      </Button>
      <Button size="small" tone="danger" onClick={() => setIsAsking(true)}>
        Delete… <span className="sr-only">the recurring buy of {asset_id}</span>
      </Button>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => remove.mutate()}
        title={`Delete the recurring buy of ${asset_id}?`}
        confirmLabel="Delete"
        cancelLabel="Keep it"
        tone="danger"
        focusOn="cancel"
        isBusy={remove.isPending}
      >
        It does not buy again. What it bought stays in your portfolio.
      </AlertDialog>
    </span>
  );
}

function useActions(buy: RecurringBuy, onDeleted: () => void) {
  const queryClient = useQueryClient();
  const options = {
    onError: (error: Error) =>
      notify({
        tone: 'failure',
        title: 'The recurring buy was not changed',
        description: toProblem(error).message,
      }),
    onSettled: async () => queryClient.invalidateQueries({ queryKey: RECURRING_BUYS_KEY }),
  };
  const switchTo = useMutation({
    mutationFn: async (status: RecurringBuy['status']) => switchRecurringBuy(buy, status),
    ...options,
  });
  const remove = useMutation({
    mutationFn: async () => deleteRecurringBuy(buy),
    onSuccess: onDeleted,
    ...options,
  });
  return { switchTo, remove };
}
