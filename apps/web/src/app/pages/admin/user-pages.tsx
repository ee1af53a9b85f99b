import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { profileQuery } from '../../../api/account/profile.ts';
import { userQuery } from '../../../api/admin/users.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { ManagedUserView } from '../../../features/admin/users/managed-user-view.tsx';
import { UserList } from '../../../features/admin/users/user-list.tsx';
import { ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { usePermissions } from '../../admin/admin-area.tsx';
import { NotFoundPage } from '../../fallback-pages.tsx';
import { PageTitle } from '../../page-title.tsx';

const listRoute = getRouteApi('/admin/users');

export function UsersPage() {
  const search = listRoute.useSearch();
  const navigate = listRoute.useNavigate();
  return (
    <>
      <PageTitle>Users</PageTitle>
      <UserList
        search={search}
        onSearch={(change) => void navigate({ search: (known) => ({ ...known, ...change }), replace: true })}
      />
    </>
  );
}

const SKELETON_ROWS = 8;
/** The cash of an active trader changes while the page is open. */
const REFRESH_MILLISECONDS = 10_000;
const NOT_THERE = [404, 422];
const userRoute = getRouteApi('/admin/users/$username');

export function ManagedUserPage() {
  const { username } = userRoute.useParams();
  const permissions = usePermissions();
  const { data: profile } = useQuery({ ...profileQuery(), enabled: false });
  const { data, error, refetch } = useQuery({
    ...userQuery(username.toLowerCase()),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  useEffect(() => {
    document.title = `${username} · Users · CNOP`;
  }, [username]);
  if (data) {
    return (
      <ManagedUserView
        key={data.data.username}
        user={data.data}
        balance={data.balance}
        permissions={permissions}
        isSelf={data.data.username === profile?.username}
      />
    );
  }
  // An invalid username is answered with 422, an unknown one with 404.
  if (error && NOT_THERE.includes(toProblem(error).status)) return <NotFoundPage />;
  return (
    <div className="card">
      <h1 className="sr-only">User {username}</h1>
      {error ? (
        <ErrorState title="The user could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading the user" rows={SKELETON_ROWS} />
      )}
    </div>
  );
}
