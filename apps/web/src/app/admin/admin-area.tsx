import { useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { Link, Outlet } from '@tanstack/react-router';
import { profileQuery } from '../../api/account/profile.ts';
import type { Permissions } from '../../features/admin/permissions.ts';
import { permissionsOf } from '../../features/admin/permissions.ts';
import { useSession } from '../../session/access-token.ts';
import { WhileSignedIn } from '../require-session.tsx';

interface AreaTab {
  readonly to: NonNullable<LinkProps['to']>;
  readonly label: string;
}

/** The navigation and the frame of all administration pages. */
export function AdminArea() {
  const { readsAudit } = usePermissions();
  const tabs: readonly AreaTab[] = [
    { to: '/admin/assets', label: 'Assets' },
    { to: '/admin/users', label: 'Users' },
    ...(readsAudit ? [{ to: '/admin/audit', label: 'Audit log' } as const] : []),
    { to: '/admin/health', label: 'Health' },
  ];
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-1 gap-4">
      <nav aria-label="Administration" className="flex gap-4 overflow-x-auto border-b border-line">
        {tabs.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ includeSearch: false }}
            className="flex h-10 shrink-0 items-center border-b-2 border-transparent font-medium text-muted hover:text-ink focus-visible:-outline-offset-2 data-[status=active]:border-ink data-[status=active]:text-ink"
          >
            {label}
          </Link>
        ))}
      </nav>
      <WhileSignedIn>
        <Outlet />
      </WhileSignedIn>
    </div>
  );
}

/** Returns the permissions of the user. The profile is loaded before the page and gone with the session. */
export function usePermissions(): Permissions {
  const isSignedIn = useSession() === 'signed-in';
  const { data } = useQuery({ ...profileQuery(), enabled: isSignedIn });
  return permissionsOf(data?.role ?? 'customer');
}
