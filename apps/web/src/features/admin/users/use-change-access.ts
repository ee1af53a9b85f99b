import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AccessChange } from '../../../api/admin/change-access.ts';
import { changeAccess } from '../../../api/admin/change-access.ts';
import { USERS_KEY } from '../../../api/admin/users.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { notify } from '../../../ui/notices.ts';

export interface ChangeAccess {
  readonly change: (change: AccessChange) => void;
  readonly isBusy: boolean;
}

/** Changes somebody's role or status, and says what came of it. @param onEnd when the question can be closed */
export function useChangeAccess(username: string, onEnd: () => void): ChangeAccess {
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: (change: AccessChange) => changeAccess(username, change),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: USERS_KEY });
      notify({ tone: 'success', title: `${username} is changed`, description: 'Their sessions have ended.' });
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
