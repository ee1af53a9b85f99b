import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ManagedUser, UserSearch } from '../../../api/admin/users.ts';
import { usersQuery } from '../../../api/admin/users.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { SearchField } from '../../../ui/search-field.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Cell, Column, Row, RowHead, ShowMore, Table } from '../../../ui/table.tsx';
import { Time } from '../../../ui/time.tsx';
import { ROLE_NAMES, ROLE_TONES, USER_STATUS_NAMES, USER_STATUS_TONES } from './user-words.ts';
import type { UsersSearch } from './users-search.ts';
import { MAX_SEARCH_LENGTH, readUserSearch } from './users-search.ts';

const SKELETON_ROWS = 12;

export interface UserListProps {
  readonly search: UsersSearch;
  readonly onSearch: (change: Partial<UsersSearch>) => void;
}

/** All users by name, with a search by the beginning of the username or by e-mail address. */
export function UserList({ search, onSearch }: UserListProps) {
  const typed = search.q ?? '';
  const reading = readUserSearch(typed);
  const showAll = (): void => onSearch({ q: undefined });
  return (
    <section aria-label="Users" className="card">
      <div className="border-b border-line p-3">
        <SearchField
          id="user-search"
          label="Username or e-mail"
          maxLength={MAX_SEARCH_LENGTH}
          value={typed}
          error={reading.kind === 'bad' ? reading.error : undefined}
          onChange={(text) => onSearch({ q: text || undefined })}
        />
      </div>
      {reading.kind === 'good' ? (
        <FoundUsers search={reading.search} onShowAll={showAll} />
      ) : (
        <NoUsers onShowAll={showAll} />
      )}
    </section>
  );
}

interface FoundUsersProps {
  readonly search: UserSearch;
  readonly onShowAll: () => void;
}

function FoundUsers({ search, onShowAll }: FoundUsersProps) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } =
    useInfiniteQuery({ ...usersQuery(search), placeholderData: keepPreviousData });
  const users = data?.pages.flatMap((page) => page.data);
  if (!users) {
    return error ? (
      <ErrorState title="The users could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows label="Loading the users" rows={SKELETON_ROWS} />
    );
  }
  if (users.length === 0) return <NoUsers onShowAll={onShowAll} />;
  return (
    <div aria-busy={isPlaceholderData}>
      <Table caption="Users by name" head={<Heads />}>
        {users.map((user) => (
          <UserRow key={user.username} user={user} />
        ))}
      </Table>
      <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </div>
  );
}

function NoUsers({ onShowAll }: { readonly onShowAll: () => void }) {
  return (
    <EmptyState title="No users match" action={<Button onClick={onShowAll}>Show all users</Button>}>
      Enter the beginning of a username or a whole e-mail address.
    </EmptyState>
  );
}

function Heads() {
  return (
    <>
      <Column>User</Column>
      <Column className="hidden md:table-cell">E-mail</Column>
      <Column>Role</Column>
      <Column>Status</Column>
      <Column isNumeric className="hidden sm:table-cell">
        Last sign-in
      </Column>
      <Column isNumeric className="hidden lg:table-cell">
        Joined
      </Column>
    </>
  );
}

function UserRow({ user }: { readonly user: ManagedUser }) {
  const { username, first_name, last_name, email, role, status } = user;
  return (
    <Row className="relative">
      <RowHead>
        <Link
          to="/admin/users/$username"
          params={{ username }}
          // The link covers the whole row.
          className="grid min-h-8 content-center after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <span className="font-medium wrap-anywhere">{username}</span>
          <span className="text-xs wrap-anywhere text-faint">
            {first_name} {last_name}
          </span>
        </Link>
      </RowHead>
      <Cell className="hidden wrap-anywhere text-muted md:table-cell">{email}</Cell>
      <Cell>
        <Badge tone={ROLE_TONES[role]}>{ROLE_NAMES[role]}</Badge>
      </Cell>
      <Cell>
        <Badge tone={USER_STATUS_TONES[status]}>{USER_STATUS_NAMES[status]}</Badge>
      </Cell>
      <Cell isNumeric className="hidden text-muted sm:table-cell">
        <Time value={user.last_login} />
      </Cell>
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        <Time value={user.created_at} isExact />
      </Cell>
    </Row>
  );
}
