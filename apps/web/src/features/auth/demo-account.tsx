import { systemIds } from '@cnop/common/core/ids';
import { DEMO_USERNAME_PREFIX } from '@cnop/common/entities/user/user';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { depositCash } from '../../api/account/cash.ts';
import { appInfoQuery } from '../../api/app-info.ts';
import { logIn, register } from '../../api/auth/credentials.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notices.ts';

const PLAY_MONEY_USD = '50000.00';
const RANDOM_LETTERS = 10;

/** Signs up for an account with play money in one click, if the installation offers demo accounts. */
export function DemoAccount() {
  const queryClient = useQueryClient();
  const { data } = useQuery(appInfoQuery());
  const { mutate, isPending } = useMutation({
    mutationFn: openDemoAccount,
    onSuccess: () => {
      void queryClient.invalidateQueries();
      notify({
        tone: 'success',
        title: 'Your demo account is ready',
        description: '$50,000 of play money to trade with.',
      });
    },
    onError: (error) =>
      notify({ tone: 'failure', title: 'No demo account', description: toProblem(error).message }),
  });
  if (!data?.demo_accounts) return null;
  return (
    <Button size="large" isBusy={isPending} onClick={() => mutate()}>
      Try a demo account
    </Button>
  );
}

async function openDemoAccount(): Promise<void> {
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_LETTERS));
  const suffix = Array.from(random, (byte) => (byte % 36).toString(36)).join('');
  const username = `${DEMO_USERNAME_PREFIX}${suffix}`;
  // The user does not need the password: the account is used for this session only.
  const password = `Demo-${systemIds.next()}-A1`;
  await register({
    username,
    email: `${username}@example.com`,
    password,
    first_name: 'Demo',
    last_name: 'Trader',
  });
  await logIn({ username, password });
  await depositCash({ amount: PLAY_MONEY_USD, description: 'Play money', idempotencyKey: systemIds.next() });
}
