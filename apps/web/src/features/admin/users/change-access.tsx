import type { Username } from '@cnop/common/core/brands';
import type { UserRole } from '@cnop/common/entities/user/user';
import { userRoleSchema } from '@cnop/common/entities/user/user';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccessChange, ManagedUser } from '../../../api/admin/users.ts';
import { changeAccess, USERS_KEY } from '../../../api/admin/users.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { Button } from '../../../ui/button.tsx';
import { notify } from '../../../ui/notices.ts';
import { Select } from '../../../ui/select.tsx';
import { ROLE_MEANINGS, ROLE_NAMES, USER_STATUS_NAMES } from './user-words.ts';

const ROLES = userRoleSchema.options.map((value) => ({ value, label: ROLE_NAMES[value] }));

/** Changes the role of a user after a confirmation. */
export function ChangeRole({ user }: { readonly user: ManagedUser }) {
  const { username, role } = user;
  const [wanted, setWanted] = useState<UserRole>(role);
  const [isAsking, setIsAsking] = useState(false);
  const { change, isBusy } = useChangeAccess(username, () => setIsAsking(false));
  return (
    <div className="grid gap-1">
      <div className="flex items-end gap-2">
        <Select<UserRole>
          label="Role"
          className="flex-1"
          options={ROLES}
          value={wanted}
          onChange={setWanted}
        />
        <Button disabled={wanted === role} onClick={() => setIsAsking(true)}>
          Change role
        </Button>
      </div>
      <p className="text-sm text-faint">{ROLE_MEANINGS[wanted]}</p>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => change({ role: wanted })}
        title={`Change the role of ${username}?`}
        confirmLabel={`Make them ${ROLE_NAMES[wanted].toLowerCase()}`}
        cancelLabel="Keep as is"
        tone={wanted === 'customer' ? 'danger' : 'primary'}
        focusOn="cancel"
        isBusy={isBusy}
      >
        From {ROLE_NAMES[role].toLowerCase()} to{' '}
        <strong className="text-ink">{ROLE_NAMES[wanted].toLowerCase()}</strong>: {ROLE_MEANINGS[wanted]} All
        of their sessions end, and they have to sign in again.
      </AlertDialog>
    </div>
  );
}

/** Suspends or reactivates a user after a confirmation. */
export function ChangeStatus({ user }: { readonly user: ManagedUser }) {
  const { username, status } = user;
  const [isAsking, setIsAsking] = useState(false);
  // The value when the dialog was opened: the user changes before the dialog is closed.
  const [suspends, setSuspends] = useState(true);
  const { change, isBusy } = useChangeAccess(username, () => setIsAsking(false));
  const isActive = status === 'active';
  return (
    <div className="flex items-center justify-between gap-4 border-t border-line pt-4">
      <p className="text-sm text-muted">
        {isActive ? 'May sign in and trade.' : 'Cannot sign in. Open orders were cancelled.'}
      </p>
      <Button
        tone={isActive ? 'danger' : 'secondary'}
        onClick={() => {
          setSuspends(isActive);
          setIsAsking(true);
        }}
      >
        {isActive ? 'Suspend' : 'Reactivate'}
      </Button>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => change({ status: suspends ? 'suspended' : 'active' })}
        title={suspends ? `Suspend ${username}?` : `Reactivate ${username}?`}
        confirmLabel={suspends ? 'Suspend' : 'Reactivate'}
        cancelLabel="Keep as is"
        tone={suspends ? 'danger' : 'primary'}
        focusOn="cancel"
        isBusy={isBusy}
      >
        {suspends
          ? 'Their sessions end and their open orders are cancelled now. They cannot sign in until an administrator reactivates the account. Cash and positions stay.'
          : 'They can sign in and trade again, with their cash and positions. Cancelled orders stay cancelled.'}
      </AlertDialog>
    </div>
  );
}

interface ChangeAccess {
  readonly change: (change: AccessChange) => void;
  readonly isBusy: boolean;
}

/**
 * Changes the role or status of a user and reports the result.
 * @param onEnd called when the dialog can be closed
 */
function useChangeAccess(username: Username, onEnd: () => void): ChangeAccess {
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: (change: AccessChange) => changeAccess(username, change),
    onSuccess: async ({ role, status }, change) => {
      await queryClient.invalidateQueries({ queryKey: USERS_KEY });
      const title =
        'role' in change
          ? `${username} is ${ROLE_NAMES[role].toLowerCase()} now`
          : `${username} is ${USER_STATUS_NAMES[status].toLowerCase()} now`;
      const endsSessions = 'role' in change || status !== 'active';
      notify({ tone: 'success', title, ...(endsSessions && { description: 'Their sessions have ended.' }) });
    },
    onError: (error) =>
      notify({
        tone: 'failure',
        title: `${username} was not changed`,
        description: toProblem(error).message,
      }),
    onSettled: onEnd,
  });
  return { change: mutate, isBusy: isPending };
}
