import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AirdropStep, ShownAirdrop } from '../../../api/admin/airdrops.ts';
import { AIRDROPS_KEY, steerAirdrop } from '../../../api/admin/airdrops.ts';
import { useIntent } from '../../../api/http/use-intent.ts';
import { formatCount } from '../../../format/numbers.ts';
import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { Quantity } from '../../../ui/amounts.tsx';
import type { ButtonTone } from '../../../ui/button.tsx';
import { Button } from '../../../ui/button.tsx';
import { notify } from '../../../ui/notices.ts';
import { STEP_DONE, usersInWords } from './airdrop-words.ts';

interface SteerAirdropProps {
  readonly airdrop: ShownAirdrop;
  readonly isOwn: boolean;
  readonly isSettling: boolean;
}

/** The buttons for the steps that the status of an airdrop allows. */
export function SteerAirdrop({ airdrop, isOwn, isSettling }: SteerAirdropProps) {
  const { status, asset_id, recipients } = airdrop;
  const [asked, setAsked] = useState<'approve' | 'cancel'>();
  const { take, isBusy } = useSteps(airdrop);
  const step = (name: string, onClick: () => void, tone: ButtonTone = 'secondary') => (
    <Button tone={tone} size="small" isBusy={isBusy} isInert={isSettling} onClick={onClick}>
      {name}{' '}
      <span className="sr-only">
        the airdrop of {asset_id} to {usersInWords(recipients)}
      </span>
    </Button>
  );
  const isProposed = status === 'proposed';
  const isOpen = status === 'running' || status === 'paused';
  return (
    <>
      {isProposed && !isOwn && step('Approve…', () => setAsked('approve'), 'primary')}
      {isProposed && step(isOwn ? 'Withdraw' : 'Reject', () => void take('reject'))}
      {isOpen &&
        (status === 'running'
          ? step('Pause', () => void take('pause'))
          : step('Resume', () => void take('resume')))}
      {isOpen && step('Cancel…', () => setAsked('cancel'))}
      {asked && (
        <ConfirmStep
          step={asked}
          airdrop={airdrop}
          isBusy={isBusy}
          onConfirm={() => void take(asked).finally(() => setAsked(undefined))}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

interface ConfirmStepProps {
  readonly step: 'approve' | 'cancel';
  readonly airdrop: ShownAirdrop;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says what the step does to the recipients, and asks for confirmation. */
function ConfirmStep({ step, airdrop, isBusy, onConfirm, onClose }: ConfirmStepProps) {
  const { asset_id, recipients, posted, total_quantity } = airdrop;
  const isApproval = step === 'approve';
  return (
    <AlertDialog
      isOpen
      onClose={onClose}
      onConfirm={onConfirm}
      title={isApproval ? `Give ${asset_id} to ${usersInWords(recipients)}?` : 'Cancel the airdrop?'}
      confirmLabel={isApproval ? 'Approve and start' : 'Cancel the airdrop'}
      cancelLabel="Back"
      tone={isApproval ? 'primary' : 'danger'}
      focusOn="cancel"
      isBusy={isBusy}
    >
      {isApproval ? (
        <>
          They get <Quantity value={total_quantity} unit={asset_id} /> together. It starts at once.
        </>
      ) : (
        <>
          {formatCount(posted)} of {usersInWords(recipients)} got their units, which stay theirs. The others
          get none. This cannot be undone.
        </>
      )}
    </AlertDialog>
  );
}

/** Takes steps, one at a time, and reads the list again, whatever the outcome. */
function useSteps({ airdrop_id }: ShownAirdrop) {
  const queryClient = useQueryClient();
  const { outcome, send } = useIntent({
    post: async (step: AirdropStep) => steerAirdrop(airdrop_id, step),
    changes: [AIRDROPS_KEY],
  });
  const take = async (step: AirdropStep): Promise<void> => {
    const result = await send(step);
    if (result.kind === 'done') notify({ tone: 'success', title: STEP_DONE[step] });
    if (result.kind !== 'refused' && result.kind !== 'unknown') return;
    notify({ tone: 'failure', title: 'The step was not taken', description: result.problem.message });
    await queryClient.invalidateQueries({ queryKey: AIRDROPS_KEY });
  };
  return { take, isBusy: outcome.kind === 'sending' };
}
