import { Link, redirect, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { settledSession, useSession } from '../session/access-token.ts';
import { buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/states.tsx';

/** Guards a route that needs a session: visitors sign in first and come back. */
export async function requireSession({
  location,
}: {
  readonly location: { readonly href: string };
}): Promise<void> {
  if ((await settledSession()) === 'signed-in') return;
  // oxlint-disable-next-line typescript/only-throw-error -- the router's way of going elsewhere
  throw redirect({ to: '/sign-in', search: { redirect: location.href }, replace: true });
}

/** Shows its children while the user is signed in, and a link to sign in afterwards. */
export function WhileSignedIn({ children }: { readonly children: ReactNode }) {
  const session = useSession();
  const here = useRouterState({ select: ({ location }) => location.href });
  if (session === 'signed-in') return children;
  return (
    <EmptyState
      title="Sign in to see this page"
      action={
        <Link to="/sign-in" search={{ redirect: here }} className={buttonClass({ tone: 'primary' })}>
          Sign in
        </Link>
      }
    >
      You come back here afterwards.
    </EmptyState>
  );
}
