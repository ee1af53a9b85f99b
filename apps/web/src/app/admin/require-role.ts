import type { UserRole } from '@cnop/common/entities/user/user';
import { notFound } from '@tanstack/react-router';
import { profileQuery } from '../../api/account/profile.ts';
import { requireSession } from '../require-session.tsx';
import type { RouterContext } from '../root-route.ts';

interface RouteEntry {
  readonly location: { readonly href: string };
  readonly context: RouterContext;
}

/**
 * In front of pages for those who have a role. For everybody else there is nothing at the address, and none of its code
 * is loaded; that the data is not given out either is the server's part.
 */
export function requireRole(roles: readonly UserRole[]): (entry: RouteEntry) => Promise<void> {
  return async ({ location, context }) => {
    await requireSession({ location });
    const { role } = await context.queryClient.ensureQueryData(profileQuery());
    // oxlint-disable-next-line typescript/only-throw-error -- the router's way of saying so
    if (!roles.includes(role)) throw notFound();
  };
}
