import type { IsoTime } from '@cnop/common/core/brands';
import type { User } from '@cnop/common/entities/user/user';
import { ForbiddenError, StateConflictError } from '@cnop/exception/errors';

/** The fields of a user that an administrator may change. */
export type AccessChange = Partial<Pick<User, 'role' | 'status'>>;

/**
 * Returns a user after a change of role or status.
 * @param by the acting administrator as stored, since a token may be older than the loss of a role
 * @throws ForbiddenError (403) when the actor is no longer an active administrator
 * @throws StateConflictError (409) for the actor's own role or status: the last administrator could lock everyone out
 */
export function changeAccess(
  user: User,
  { role, status }: AccessChange,
  by: { actor: User; at: IsoTime },
): User {
  const { actor, at } = by;
  if (actor.role !== 'admin' || actor.status !== 'active') throw new ForbiddenError();
  const changed: User = { ...user, role: role ?? user.role, status: status ?? user.status, updated_at: at };
  const isSelf = actor.username === user.username;
  if (isSelf && changed.role !== 'admin') throw new StateConflictError('You cannot take away your own role.');
  if (isSelf && changed.status !== 'active') throw new StateConflictError('You cannot suspend yourself.');
  return changed;
}

/** Returns whether a change of role or status ends the sessions that started before it. */
export function endsSessions(before: User, after: User): boolean {
  return after.status !== 'active' || after.role !== before.role;
}
