import type { UserTier } from '@cnop/common/entities/user/user';
import { userTierSchema } from '@cnop/common/entities/user/user';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ManagedUser } from '../../../api/admin/users.ts';
import { changeTier, USERS_KEY } from '../../../api/admin/users.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { notify } from '../../../ui/notices.ts';
import { Select } from '../../../ui/select.tsx';
import { ReasonForm } from '../reason-form.tsx';
import { TIER_NAMES } from './user-words.ts';

const TIERS = userTierSchema.options.map((value) => ({ value, label: TIER_NAMES[value] }));

/** Sets the tier of a user, which their limits depend on, with a reason for the audit log. */
export function ChangeTier({ user }: { readonly user: ManagedUser }) {
  const { username, tier } = user;
  const queryClient = useQueryClient();
  const [wanted, setWanted] = useState<UserTier>(tier);
  const [isAsking, setIsAsking] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (reason: string) => changeTier(username, { tier: wanted, reason }),
    onSuccess: async (changed) => {
      await queryClient.invalidateQueries({ queryKey: USERS_KEY });
      notify({ tone: 'success', title: `The tier of ${username} is ${TIER_NAMES[changed.tier]}` });
      setIsAsking(false);
    },
  });
  return (
    <div className="flex items-end gap-2 border-t border-line pt-4">
      <Select<UserTier> label="Tier" className="flex-1" options={TIERS} value={wanted} onChange={setWanted} />
      <Button disabled={wanted === tier} onClick={() => setIsAsking(true)}>
        Change tier
      </Button>
      <Dialog isOpen={isAsking} onClose={() => setIsAsking(false)} title={`Change the tier of ${username}?`}>
        <ReasonForm
          hint="It is kept in the audit log. The user does not see it."
          confirmLabel="Change"
          tone="primary"
          isBusy={isPending}
          problem={error ? toProblem(error).message : undefined}
          onConfirm={mutate}
          onEnd={() => setIsAsking(false)}
        >
          From {TIER_NAMES[tier]} to {TIER_NAMES[wanted]}. The limits of the new tier apply at once.
        </ReasonForm>
      </Dialog>
    </div>
  );
}
