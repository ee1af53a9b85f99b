import { useQuery } from '@tanstack/react-query';
import { profileQuery } from '../../api/account/profile.ts';
import type { Permissions } from '../../features/admin/permissions.ts';
import { permissionsOf } from '../../features/admin/permissions.ts';
import { useSession } from '../../session/access-token.ts';
import { Area } from '../area.tsx';
import type { SubPage } from '../navigation.ts';
import { pagesFor } from '../navigation.ts';

/** The tabs of the administration, in order. */
const STAFF_PAGES: readonly SubPage[] = [
  { to: '/admin', label: 'Overview' },
  { to: '/admin/assets', label: 'Assets' },
  { to: '/admin/rates', label: 'Rates' },
  { to: '/admin/users', label: 'Users' },
  { to: '/admin/audit', label: 'Audit log', roles: ['admin'] },
  { to: '/admin/refunds', label: 'Refunds' },
  { to: '/admin/airdrops', label: 'Airdrops' },
  { to: '/admin/funding', label: 'Funding' },
  { to: '/admin/house', label: 'House book', roles: ['admin'] },
  { to: '/admin/analytics', label: 'Analytics' },
  { to: '/admin/health', label: 'Health' },
];

/** The frame of the pages for staff. */
export function AdminArea() {
  return <Area label="Administration" pages={pagesFor(STAFF_PAGES, useRole())} />;
}

/** Returns the permissions of the user. */
export function usePermissions(): Permissions {
  return permissionsOf(useRole());
}

/** Returns the role of the user: the profile is loaded before the page and gone with the session. */
function useRole() {
  const isSignedIn = useSession() === 'signed-in';
  const { data } = useQuery({ ...profileQuery(), enabled: isSignedIn });
  return data?.role ?? 'customer';
}
