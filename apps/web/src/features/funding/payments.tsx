import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { BALANCE_KEY } from '../../api/account/cash.ts';
import type { OwnPayment } from '../../api/account/funding.ts';
import { cancelPayment, FUNDING_KEY, paymentsQuery } from '../../api/account/funding.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Money } from '../../ui/amounts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { ShowMore } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { PAYMENT_NAMES, statusOf } from './payment-words.ts';

const SKELETON_ROWS = 5;

/** The payments of the user with their states, newest first. */
export function Payments() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    paymentsQuery(),
  );
  const payments = data?.pages.flatMap((page) => page.data);
  return (
    <section aria-labelledby="payments-title" className="card min-w-0">
      <h2 id="payments-title" className="border-b border-line p-4 font-medium">
        Payments
      </h2>
      {payments ? (
        payments.length > 0 ? (
          <>
            <ul aria-labelledby="payments-title" className="grid divide-y divide-line">
              {payments.map((payment) => (
                <PaymentRow key={payment.payment_id} payment={payment} />
              ))}
            </ul>
            <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
          </>
        ) : (
          <EmptyState
            title="No payments yet"
            action={
              <Link to="/cash" className={buttonClass()}>
                Go to cash
              </Link>
            }
          >
            Deposits and withdrawals that take a while appear here.
          </EmptyState>
        )
      ) : error ? (
        <ErrorState title="The payments could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading the payments" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}

function PaymentRow({ payment }: { readonly payment: OwnPayment }) {
  const { kind, amount, status, description, history, created_at } = payment;
  const { hideAmounts } = useAppearance();
  const { label, tone } = statusOf(payment);
  const last = history.at(-1);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-4">
      <div className="grid min-w-0 gap-0.5 text-sm">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {PAYMENT_NAMES[kind]} of <Money value={amount} />
          <Badge tone={tone}>{label}</Badge>
        </p>
        {description !== null && !hideAmounts && <p className="wrap-anywhere text-muted">{description}</p>}
        {last && last.reason !== null && <p className="wrap-anywhere text-muted">{last.reason}</p>}
        <p className="text-faint">
          Requested <Time value={created_at} />
          {last && history.length > 1 && (
            <>
              , {label.toLowerCase()} <Time value={last.at} />
            </>
          )}
        </p>
      </div>
      {status === 'pending' && <CancelPayment payment={payment} />}
    </li>
  );
}

function CancelPayment({ payment }: { readonly payment: OwnPayment }) {
  const { kind, amount, payment_id } = payment;
  const queryClient = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const name = PAYMENT_NAMES[kind].toLowerCase();
  const { mutate, isPending } = useMutation({
    mutationFn: async () => cancelPayment(payment_id),
    onSuccess: () => notify({ tone: 'success', title: `The ${name} is cancelled` }),
    onError: (error) =>
      notify({
        tone: 'failure',
        title: `The ${name} was not cancelled`,
        description: toProblem(error).message,
      }),
    onSettled: async () => {
      setIsAsking(false);
      const keys = [FUNDING_KEY, BALANCE_KEY];
      await Promise.all(keys.map(async (queryKey) => queryClient.invalidateQueries({ queryKey })));
    },
  });
  return (
    <>
      <Button size="small" isBusy={isPending} onClick={() => setIsAsking(true)}>
        Cancel <span className="sr-only">the {name}</span>
      </Button>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => mutate()}
        title={`Cancel this ${name}?`}
        confirmLabel={`Cancel the ${name}`}
        cancelLabel="Keep it"
        tone="danger"
        focusOn="cancel"
        isBusy={isPending}
      >
        <p>
          {kind === 'withdrawal' ? (
            <>
              The <Money value={amount} /> that it holds can be used again.
            </>
          ) : (
            <>No cash has moved yet.</>
          )}
        </p>
      </AlertDialog>
    </>
  );
}
