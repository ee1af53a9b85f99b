import { Navigate, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSession } from '../session/use-session.ts';
import { SkeletonRows } from '../ui/skeleton.tsx';

const SKELETON_ROWS = 8;

/** A page for those who are signed in; the others sign in first and come back. */
export function RequireSession({ children }: { readonly children: ReactNode }) {
  const session = useSession();
  const here = useRouterState({ select: ({ location }) => location.href });
  if (session === 'restoring') return <SkeletonRows label="Loading" rows={SKELETON_ROWS} />;
  if (session !== 'signed-in') return <Navigate to="/sign-in" search={{ redirect: here }} replace />;
  return children;
}
