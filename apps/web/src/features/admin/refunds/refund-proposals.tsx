import { systemIds } from '@cnop/common/core/ids';
import type { RefundProposal } from '@cnop/common/entities/order/refund-proposal';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { profileQuery } from '../../../api/account/profile.ts';
import { approveRefund, refundProposalsQuery, rejectRefund } from '../../../api/admin/refunds.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { Quantity } from '../../../ui/amounts.tsx';
import { notify } from '../../../ui/notices.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import { useSettlingRows } from '../../../ui/use-settling-rows.ts';
import { ProposalButtons } from '../proposal-buttons.tsx';

const SKELETON_ROWS = 3;

interface RefundProposalsProps {
  /** Whether the user may approve the proposals of others. */
  readonly isAdmin: boolean;
}

/** The refunds that await an administrator, with the actions that the user may take. */
export function RefundProposals({ isAdmin }: RefundProposalsProps) {
  const { data, error, refetch } = useQuery(refundProposalsQuery());
  const { data: profile } = useQuery(profileQuery());
  const { isSettling, container } = useSettlingRows<HTMLUListElement>(
    (data ?? []).map(({ proposal_id }) => proposal_id),
  );
  return (
    <section aria-labelledby="refund-proposals-title" className="card">
      <h2 id="refund-proposals-title" className="border-b border-line p-4 font-medium">
        Proposed refunds
      </h2>
      {data ? (
        data.length > 0 ? (
          <ul className="grid divide-y divide-line" aria-labelledby="refund-proposals-title" {...container}>
            {data.map((proposal) => (
              <Proposal
                key={proposal.proposal_id}
                proposal={proposal}
                isOwn={proposal.proposed_by === profile?.username}
                isAdmin={isAdmin}
                isSettling={isSettling}
              />
            ))}
          </ul>
        ) : (
          <EmptyState title="No refund is proposed">
            A refund that staff propose waits here for an administrator.
          </EmptyState>
        )
      ) : error ? (
        <ErrorState
          title="The proposed refunds could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      ) : (
        <SkeletonRows label="Loading the proposed refunds" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}

interface ProposalProps {
  readonly proposal: RefundProposal;
  readonly isOwn: boolean;
  readonly isAdmin: boolean;
  /** Whether rows moved a moment ago, so that a click may be meant for another proposal. */
  readonly isSettling: boolean;
}

function Proposal({ proposal, isOwn, isAdmin, isSettling }: ProposalProps) {
  const { proposal_id, order_id, username, asset_id, side, quantity, reason } = proposal;
  const { decide, isBusy } = useDecision(proposal);
  return (
    <li data-row={proposal_id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-4">
      <div className="grid min-w-0 gap-0.5 text-sm">
        <p>
          <Link
            to="/admin/refunds"
            search={{ order: order_id }}
            className="font-medium text-accent hover:underline"
          >
            {side === 'buy' ? 'Purchase' : 'Sale'} of <Quantity value={quantity} unit={asset_id} />
          </Link>{' '}
          by {username}
        </p>
        <p className="wrap-anywhere text-muted">{reason}</p>
        <p className="text-faint">
          Proposed by {isOwn ? 'you' : proposal.proposed_by}, <Time value={proposal.proposed_at} />; expires{' '}
          <Time value={proposal.expires_at} />.{isOwn && ' Another administrator has to approve it.'}
        </p>
      </div>
      <ProposalButtons
        subject={`the refund for ${username}`}
        isOwn={isOwn}
        isAdmin={isAdmin}
        isBusy={isBusy}
        isSettling={isSettling}
        onDecide={decide}
      />
    </li>
  );
}

function useDecision({ order_id, proposal_id, username }: RefundProposal) {
  const queryClient = useQueryClient();
  const key = useRef<string>(systemIds.next());
  const { mutate, isPending } = useMutation({
    mutationFn: async (verb: 'approve' | 'reject') => {
      if (verb === 'approve') await approveRefund(order_id, proposal_id, key.current);
      else await rejectRefund(order_id, proposal_id);
    },
    onSuccess: (_, verb) =>
      notify({
        tone: 'success',
        title: verb === 'approve' ? `The order of ${username} is refunded` : 'The order stays as it is',
      }),
    onError: (error) =>
      notify({
        tone: 'failure',
        title: 'The proposal was not decided',
        description: toProblem(error).message,
      }),
    onSettled: async () => queryClient.invalidateQueries({ queryKey: ['admin'] }),
  });
  return { decide: mutate, isBusy: isPending };
}
