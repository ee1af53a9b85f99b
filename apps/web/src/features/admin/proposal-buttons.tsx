import { Button } from '../../ui/button.tsx';

interface ProposalButtonsProps {
  /** What is proposed, for screen readers. */
  readonly subject: string;
  readonly isOwn: boolean;
  readonly isAdmin: boolean;
  readonly isBusy: boolean;
  /** Whether rows moved a moment ago. */
  readonly isSettling: boolean;
  readonly onDecide: (verb: 'approve' | 'reject') => void;
}

/** The decision about a proposal: the proposer may only withdraw it, and administrators decide about those of others. */
export function ProposalButtons(props: ProposalButtonsProps) {
  const { subject, isOwn, isAdmin, isBusy, isSettling, onDecide } = props;
  const what = <span className="sr-only">{subject}</span>;
  return (
    <span className="flex gap-2">
      {isAdmin && !isOwn && (
        <Button
          tone="primary"
          size="small"
          isBusy={isBusy}
          isInert={isSettling}
          onClick={() => onDecide('approve')}
        >
          Approve {what}
        </Button>
      )}
      {(isAdmin || isOwn) && (
        <Button size="small" isBusy={isBusy} isInert={isSettling} onClick={() => onDecide('reject')}>
          {isOwn ? 'Withdraw' : 'Reject'} {what}
        </Button>
      )}
    </span>
  );
}
