import type { RequestOrigin } from '@cnop/common/auth/client-address';
import { assertHardToGuess } from '@cnop/common/auth/password-choice';
import type { Session } from '@cnop/common/auth/session-rules';
import { isLiveSession, replaceRefreshToken } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import type { SessionId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { User } from '@cnop/common/entities/user/user';
import { normalizePassword } from '@cnop/common/entities/user/user';
import { AuthenticationError, NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { UserDependencies } from '../dependencies.ts';
import type { EndSessionsDeps } from '../sessions/end-sessions.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import type { TokenPair } from '../sessions/session-tokens.ts';
import { issueTokens } from '../sessions/session-tokens.ts';
import { assertMayTry, openAttempt, prepareFailure, successWrites } from '../sessions/sign-in-failures.ts';

type ChangePasswordDeps = EndSessionsDeps & ProvePasswordDeps & Pick<UserDependencies, 'tokens'>;

interface ChangePassword {
  readonly username: Username;
  readonly sessionId: SessionId;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly origin: RequestOrigin;
}

/**
 * Changes a password, ends all other sessions and replaces the refresh token of the acting one.
 * @throws ValidationError (422) on `current_password` when it is wrong; on `new_password` when it is easy to guess or equal
 * to the current one
 * @throws AuthenticationError (401) when the acting session ended meanwhile
 * @throws RateLimitedError (429) after too many wrong passwords
 */
export async function changePassword(deps: ChangePasswordDeps, command: ChangePassword): Promise<TokenPair> {
  const { username, sessionId, currentPassword, newPassword, origin } = command;
  const known = await provePassword(deps, { username, password: currentPassword, origin });
  if (normalizePassword(newPassword) === normalizePassword(currentPassword)) {
    throw ValidationError.ofField('new_password', 'This is your present password.', 'same_password');
  }
  await assertHardToGuess(newPassword, { field: 'new_password', owner: known });
  const password_hash = await deps.passwordQueue.run('sign-in', origin.address, () =>
    deps.passwords.hash(newPassword),
  );

  const now = deps.clock.now();
  const event = deps.audit.eventOf({ type: 'password_change', username, actor: username, ...origin });
  const reads = {
    user: userRecord.key({ username }),
    session: sessionRecord.key({ username, session_id: sessionId }),
  };
  const changed = await deps.store.transact(
    reads,
    (items): Decision<{ readonly user: User; readonly session: Session }> => {
      const before = userRecord.readIfPresent(items.user);
      if (before?.password_hash !== known.password_hash) throw wrongPassword();
      const acting = sessionRecord.readIfPresent(items.session);
      if (!acting || !isLiveSession(acting, now)) throw new AuthenticationError('The session has ended.');
      const user = { ...before, password_hash, updated_at: isoTime(now) };
      const session = replaceRefreshToken(acting, now);
      const writes = [userRecord.replace(user), sessionRecord.replace(session), deps.audit.writeFor(event)];
      return { writes, result: { user, session } };
    },
  );
  await endSessions(deps, { username, reason: 'password_changed', exceptSessionId: sessionId });
  return issueTokens(deps.tokens, changed.user, changed.session);
}

export type ProvePasswordDeps = Pick<
  UserDependencies,
  'store' | 'passwords' | 'passwordQueue' | 'audit' | 'clock'
>;

interface ProvePassword {
  readonly username: Username;
  /** The current password as the user typed it. */
  readonly password: string;
  readonly origin: RequestOrigin;
}

/**
 * Checks the password of a signed-in user before a change that a stolen session must not make. A wrong password counts as a
 * failed sign-in, so a stolen session cannot bypass the limit of guesses.
 * @returns the user; the transaction of the change must find the same `password_hash`
 * @throws NotFoundError (404) for an unknown user
 * @throws ValidationError (422) on `current_password` when it is wrong
 * @throws RateLimitedError (429) after too many wrong passwords
 */
export async function provePassword(deps: ProvePasswordDeps, command: ProvePassword): Promise<User> {
  const { username, password, origin } = command;
  const attempt = { username, origin };
  const { keys, user: known } = await openAttempt(deps.store, attempt, deps.clock.now());
  if (!known) throw new NotFoundError('The user');

  const check = () => deps.passwords.verify(password, known.password_hash);
  const { isRight } = await deps.passwordQueue.run('sign-in', origin.address, check);
  const now = deps.clock.now();
  const failureWrites = prepareFailure(deps.audit, { username, subject: username, origin }, now);
  const isProved = await deps.store.transact(keys, (items): Decision<boolean> => {
    assertMayTry(items, attempt, now);
    const user = userRecord.readIfPresent(items.user);
    if (!isRight || user?.password_hash !== known.password_hash) {
      return { writes: failureWrites(items), result: false };
    }
    return { writes: successWrites(items, attempt, now), result: true };
  });
  if (!isProved) throw wrongPassword();
  return known;
}

/** Returns the error (422) for a wrong `current_password`. */
export function wrongPassword(): ValidationError {
  return ValidationError.ofField('current_password', 'This is not your password.', 'wrong_password');
}
