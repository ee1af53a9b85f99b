import { useState } from 'react';
import type { ManagedUser } from '../../../api/admin/users.ts';
import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { Button } from '../../../ui/button.tsx';
import { useChangeAccess } from './use-change-access.ts';

/** Suspends somebody, or lets them in again. */
export function ChangeStatus({ user }: { readonly user: ManagedUser }) {
  const { username, status } = user;
  const [isAsking, setIsAsking] = useState(false);
  // As it was when the question was asked: while its dialog closes, the user has changed already.
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
        cancelLabel="Leave it as it is"
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
