import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { CircleUser } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { balanceQuery } from '../api/account/cash.ts';
import { profileQuery } from '../api/account/profile.ts';
import { useSession } from '../session/access-token.ts';
import { Money } from '../ui/amounts.tsx';
import { buttonClass } from '../ui/button.tsx';
import { LazyMenu } from '../ui/lazy-menu.tsx';
import { Skeleton } from '../ui/states.tsx';
import { loadWhenReachable } from './server-away.ts';

const InboxBell = lazy(async () => ({
  default: (await loadWhenReachable(async () => import('../features/inbox/inbox-bell.tsx'))).InboxBell,
}));
const loadAccountMenu = async () => (await import('./header-menu.tsx')).AccountMenu;

/** Shows links to sign in and sign up, or the account of the user. */
export function AccountArea() {
  const session = useSession();
  if (session === 'restoring') return <Skeleton className="h-8 w-20" />;
  return session === 'signed-in' ? <Account /> : <SignInLinks />;
}

function SignInLinks() {
  const here = useRouterState({ select: ({ location }) => location.href });
  const redirect = here.startsWith('/sign-') ? undefined : here;
  return (
    <>
      <Link to="/sign-in" search={{ redirect }} className={buttonClass({ tone: 'quiet' })}>
        Sign in
      </Link>
      <Link
        to="/sign-up"
        search={{ redirect }}
        className={`${buttonClass({ tone: 'primary' })} max-[399px]:hidden`}
      >
        Sign up
      </Link>
    </>
  );
}

function Account() {
  const { data: balance } = useQuery(balanceQuery());
  const { data: profile } = useQuery(profileQuery());
  return (
    <>
      <span className="hidden items-baseline gap-1.5 text-sm md:flex">
        <span className="text-faint">Available</span>
        {balance ? (
          <Money value={balance.available_balance} className="font-medium" />
        ) : (
          <Skeleton className="h-4 w-20 self-center" />
        )}
      </span>
      {/* As wide as the bell, so that nothing moves when it is loaded. */}
      <span className="size-8">
        {profile && (
          <Suspense>
            <InboxBell username={profile.username} />
          </Suspense>
        )}
      </span>
      <LazyMenu
        load={loadAccountMenu}
        label={`Account ${profile?.username ?? ''}`.trim()}
        trigger={
          <>
            <CircleUser aria-hidden="true" className="size-4" />
            <span className="hidden max-w-32 truncate lg:block">{profile?.username}</span>
          </>
        }
        triggerClass={buttonClass({ tone: 'quiet' })}
      />
    </>
  );
}
