import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useSession } from '../session/use-session.ts';
import { SkeletonRows } from '../ui/skeleton.tsx';

const SKELETON_ROWS = 8;

/** A page for those who are signed in; the others sign in first and come back. */
export function RequireSession({ children }: { readonly children: ReactNode }) {
  const session = useSession();
  const router = useRouter();
  const isRefused = session === 'visitor' || session === 'expired';
  useEffect(() => {
    // Read here and not while rendering: the address changes before this page is gone, and it would follow itself.
    if (isRefused) {
      const redirect = router.latestLocation.href;
      void router.navigate({ to: '/sign-in', search: { redirect }, replace: true });
    }
  }, [isRefused, router]);
  return session === 'signed-in' ? children : <SkeletonRows label="Loading" rows={SKELETON_ROWS} />;
}
