import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AccessChange } from '../../../api/admin/change-access.ts';
import { changeAccess } from '../../../api/admin/change-access.ts';
import { USERS_KEY } from '../../../api/admin/users.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { notify } from '../../../ui/notices.ts';
import { ROLE_NAMES, USER_STATUS_NAMES } from './user-words.ts';

export interface ChangeAccess {
  readonly change: (change: AccessChange) => void;
  readonly isBusy: boolean;
}

/** Changes somebody's role or status, and says what came of it. @param onEnd when the question can be closed */
export function useChangeAccess(username: string, onEnd: () => void): ChangeAccess {
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
