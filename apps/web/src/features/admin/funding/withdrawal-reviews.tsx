import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { profileQuery } from '../../../api/account/profile.ts';
import type { WaitingPayment } from '../../../api/admin/funding.ts';
import { approveWithdrawal, rejectWithdrawal, withdrawalReviewsQuery } from '../../../api/admin/funding.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { Money } from '../../../ui/amounts.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { notify } from '../../../ui/notices.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { ShowMore } from '../../../ui/table.tsx';
import { Time } from '../../../ui/time.tsx';
import { useSettlingRows } from '../../../ui/use-settling-rows.ts';
import { ReasonForm } from '../reason-form.tsx';

const SKELETON_ROWS = 3;

interface WithdrawalReviewsProps {
  /** Whether the user may decide. */
  readonly isAdmin: boolean;
}

/** The withdrawals that await an administrator, the longest waiting first. */
export function WithdrawalReviews({ isAdmin }: WithdrawalReviewsProps) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    withdrawalReviewsQuery(),
  );
  const { data: profile } = useQuery(profileQuery());
  const payments = data?.pages.flatMap((page) => page.data);
  const { isSettling, container } = useSettlingRows<HTMLUListElement>(
    (payments ?? []).map(({ payment_id }) => payment_id),
  );
  return (
    <section aria-labelledby="reviews-title" className="card">
      <h2 id="reviews-title" className="border-b border-line p-4 font-medium">
        Withdrawals to review
      </h2>
      {payments ? (
        payments.length > 0 ? (
          <>
            <ul className="grid divide-y divide-line" aria-labelledby="reviews-title" {...container}>
              {payments.map((payment) => (
                <Review
                  key={payment.payment_id}
                  payment={payment}
                  isOwn={payment.username === profile?.username}
                  isAdmin={isAdmin}
                  isSettling={isSettling}
                />
              ))}
            </ul>
            <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
          </>
        ) : (
          <EmptyState title="No withdrawal awaits a review">
            A large withdrawal waits here until an administrator approves or rejects it.
          </EmptyState>
        )
      ) : error ? (
        <ErrorState
          title="The withdrawals could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      ) : (
        <SkeletonRows label="Loading the withdrawals" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}

interface ReviewProps extends WithdrawalReviewsProps {
  readonly payment: WaitingPayment;
  readonly isOwn: boolean;
  /** Whether rows moved a moment ago, so that a click may be meant for another withdrawal. */
  readonly isSettling: boolean;
}

function Review({ payment, isOwn, isAdmin, isSettling }: ReviewProps) {
  const { payment_id, username, amount, description, created_at } = payment;
  const [isAsking, setIsAsking] = useState(false);
  const { approve, reject } = useDecision(payment, () => setIsAsking(false));
  return (
    <li data-row={payment_id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-4">
      <div className="grid min-w-0 gap-0.5 text-sm">
        <p className="font-medium">
          <Money value={amount} /> for{' '}
          <Link
            to="/admin/users/$username"
            params={{ username }}
            className="wrap-anywhere text-accent hover:underline"
          >
            {username}
          </Link>
        </p>
        {description !== null && <p className="wrap-anywhere text-muted">{description}</p>}
        <p className="text-faint">
          Requested <Time value={created_at} />
          {isOwn && '. Another administrator has to review it.'}
        </p>
      </div>
      {isAdmin && !isOwn && (
        <span className="flex gap-2">
          <Button
            tone="primary"
            size="small"
            isBusy={approve.isPending}
            isInert={isSettling}
            onClick={() => approve.mutate()}
          >
            Approve <span className="sr-only">the withdrawal of {username}</span>
          </Button>
          <Button size="small" isInert={isSettling} onClick={() => setIsAsking(true)}>
            Reject… <span className="sr-only">the withdrawal of {username}</span>
          </Button>
        </span>
      )}
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Reject the withdrawal of ${username}?`}
      >
        <ReasonForm
          hint="The user sees it. It is kept in the audit log."
          confirmLabel="Reject"
          tone="danger"
          isBusy={reject.isPending}
          problem={reject.error ? toProblem(reject.error).message : undefined}
          onConfirm={reject.mutate}
          onEnd={() => setIsAsking(false)}
        >
          The <Money value={amount} /> that it holds can be used again.
        </ReasonForm>
      </Dialog>
    </li>
  );
}

/** Decides about a withdrawal, and reads the list again, whatever the outcome. */
function useDecision(payment: WaitingPayment, onRejected: () => void) {
  const queryClient = useQueryClient();
  const readAgain = async (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['admin'] });
  const { username } = payment;
  const approve = useMutation({
    mutationFn: async () => approveWithdrawal(payment),
    onSuccess: () => notify({ tone: 'success', title: `The withdrawal of ${username} is approved` }),
    onError: (error) =>
      notify({
        tone: 'failure',
        title: 'The withdrawal was not approved',
        description: toProblem(error).message,
      }),
    onSettled: readAgain,
  });
  const reject = useMutation({
    mutationFn: async (reason: string) => rejectWithdrawal(payment, reason),
    onSuccess: () => {
      notify({ tone: 'success', title: `The withdrawal of ${username} is rejected` });
      onRejected();
    },
    onSettled: readAgain,
  });
  return { approve, reject };
}
