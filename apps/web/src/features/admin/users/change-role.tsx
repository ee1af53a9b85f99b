import type { UserRole } from '@cnop/common/entities/user/user';
import { userRoleSchema } from '@cnop/common/entities/user/user';
import { useState } from 'react';
import type { ManagedUser } from '../../../api/admin/users.ts';
import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { Button } from '../../../ui/button.tsx';
import { Select } from '../../../ui/select.tsx';
import { useChangeAccess } from './use-change-access.ts';
import { ROLE_MEANINGS, ROLE_NAMES } from './user-words.ts';

const ROLES = userRoleSchema.options.map((value) => ({ value, label: ROLE_NAMES[value] }));

/** Gives somebody another role, after it was said what that means. */
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
        cancelLabel="Leave it as it is"
        tone={wanted === 'customer' ? 'danger' : 'primary'}
        focusOn="cancel"
        isBusy={isBusy}
      >
        From {ROLE_NAMES[role].toLowerCase()} to{' '}
        <strong className="text-ink">{ROLE_NAMES[wanted].toLowerCase()}</strong>: {ROLE_MEANINGS[wanted]} All
        of their sessions end, and they sign in anew.
      </AlertDialog>
    </div>
  );
}
