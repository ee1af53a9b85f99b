import { getRouteApi } from '@tanstack/react-router';
import { UserList } from '../../../features/admin/users/user-list.tsx';
import { PageTitle } from '../../page-title.tsx';

const route = getRouteApi('/admin/users');

export function UsersPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
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
