import { useQuery } from '@tanstack/react-query';
import { profileQuery } from '../../api/account/profile.ts';
import type { Permissions } from '../../features/admin/permissions.ts';
import { permissionsOf } from '../../features/admin/permissions.ts';
import { useSession } from '../../session/use-session.ts';

/** What whoever is here may do. The profile was read before the page; it is gone when the session is. */
export function usePermissions(): Permissions {
  const isSignedIn = useSession() === 'signed-in';
  const { data } = useQuery({ ...profileQuery(), enabled: isSignedIn });
  return permissionsOf(data?.role ?? 'customer');
}
