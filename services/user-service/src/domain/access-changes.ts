import type { User } from '@cnop/common/entities/user/user';
import { ForbiddenError, StateConflictError } from '@cnop/exception/errors';

/** What an administrator may change on a user. */
export type AccessChange = Partial<Pick<User, 'role' | 'status'>>;

/**
 * The user after a change of role or status.
 * @param actor who asks, as stored: a token may be older than the loss of a role
 * @throws ForbiddenError (403) when the actor is no administrator any more
 * @throws StateConflictError (409) when administrators would lock themselves out, which nobody else might be able to undo
 */
export function changeAccess(
  user: User,
  { role, status }: AccessChange,
  by: { actor: User; at: string },
): User {
  const { actor, at } = by;
  if (actor.role !== 'admin' || actor.status !== 'active') throw new ForbiddenError();
  const changed: User = { ...user, role: role ?? user.role, status: status ?? user.status, updated_at: at };
  const isSelf = actor.username === user.username;
  if (isSelf && changed.role !== 'admin') throw new StateConflictError('You cannot take away your own role.');
  if (isSelf && changed.status !== 'active') throw new StateConflictError('You cannot suspend yourself.');
  return changed;
}

/** Whether sessions that began before a change may not go on after it. */
export function endsSessions(before: User, after: User): boolean {
  return after.status !== 'active' || after.role !== before.role;
}
