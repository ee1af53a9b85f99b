import type { Username } from '@cnop/common/core/brands';
import { descriptionSchema } from '@cnop/common/entities/fields';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import type { TransferFreeze } from '../../../api/admin/users.ts';
import { freezeTransfers, userKey } from '../../../api/admin/users.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { FormProblem, TextField } from '../../../ui/field.tsx';
import { notify } from '../../../ui/notices.ts';

interface FreezeTransfersProps {
  readonly username: Username;
  readonly isFrozen: boolean;
}

/** Freezes the transfers of a user or allows them again, with a reason for the audit log. */
export function FreezeTransfers({ username, isFrozen }: FreezeTransfersProps) {
  const [isAsking, setIsAsking] = useState(false);
  // The value when the dialog was opened: the user changes before the dialog is closed.
  const [freezes, setFreezes] = useState(true);
  return (
    <div className="flex items-center justify-between gap-4 border-t border-line pt-4">
      <p className="text-sm text-muted">
        {isFrozen
          ? 'Transfers are frozen, in both directions.'
          : 'May send cash to other users and receive it.'}
      </p>
      <Button
        tone={isFrozen ? 'secondary' : 'danger'}
        onClick={() => {
          setFreezes(!isFrozen);
          setIsAsking(true);
        }}
      >
        {isFrozen ? 'Allow transfers' : 'Freeze transfers'}
      </Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={freezes ? `Freeze the transfers of ${username}?` : `Allow ${username} to transfer again?`}
      >
        <ReasonForm username={username} freezes={freezes} onEnd={() => setIsAsking(false)} />
      </Dialog>
    </div>
  );
}

interface ReasonFormProps {
  readonly username: Username;
  readonly freezes: boolean;
  readonly onEnd: () => void;
}

function ReasonForm({ username, freezes, onEnd }: ReasonFormProps) {
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  const [reasonError, setReasonError] = useState<string>();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (change: TransferFreeze) => freezeTransfers(username, change),
    onSuccess: async ({ transfers_frozen }) => {
      await queryClient.invalidateQueries({ queryKey: userKey(username) });
      const title = transfers_frozen
        ? `Transfers of ${username} are frozen`
        : `${username} can transfer again`;
      notify({ tone: 'success', title });
      onEnd();
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = descriptionSchema.trim().min(1).safeParse(reason);
    if (given.success) return mutate({ frozen: freezes, reason: given.data });
    setReasonError(
      reason.trim() === '' ? 'Required.' : 'At most 500 characters, without control characters.',
    );
    document.getElementById('freeze-reason')?.focus();
  };
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <p className="text-muted">
        {freezes
          ? 'They can neither send nor receive transfers until an administrator allows it. Orders, deposits and withdrawals go on.'
          : 'They can send and receive transfers again at once.'}
      </p>
      <TextField
        id="freeze-reason"
        label="Reason"
        hint="It is kept in the audit log. The user does not see it."
        autoComplete="off"
        value={reason}
        error={reasonError}
        onChange={(event) => {
          setReason(event.target.value);
          setReasonError(undefined);
        }}
      />
      <FormProblem message={error ? toProblem(error).message : undefined} />
      <div className="flex justify-end gap-2">
        <Button onClick={onEnd}>Keep as is</Button>
        <Button type="submit" tone={freezes ? 'danger' : 'primary'} isBusy={isPending}>
          {freezes ? 'Freeze' : 'Allow'}
        </Button>
      </div>
    </form>
  );
}
