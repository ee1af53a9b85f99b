import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision } from '@cnop/common/database/table-store';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { EndSessionsDeps } from './end-sessions.ts';
import { endSessions } from './end-sessions.ts';
import { assertNotLockedOut, clearFailures, prepareFailure, signInFailuresKey } from './sign-in-failures.ts';

export interface ChangePasswordDeps extends EndSessionsDeps {
  readonly passwords: PasswordManager;
  readonly audit: AuditLogger;
}

export interface ChangePassword {
  readonly username: string;
  readonly sessionId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly origin: RequestOrigin;
}

/**
 * Changes a password and ends all other sessions. Wrong guesses of the present one count as failed sign-ins, so a
 * stolen session is no way around their limit.
 * @throws ValidationError (422) on `current_password` when it is wrong
 * @throws RateLimitedError (429) after too many wrong ones
 */
export async function changePassword(deps: ChangePasswordDeps, command: ChangePassword): Promise<void> {
  const { username, sessionId, currentPassword, newPassword, origin } = command;
  const keys = { user: userRecord.key({ username }), failures: signInFailuresKey(username, origin) };
  const [userItem, failuresItem] = await deps.store.batchGet([keys.user, keys.failures]);
  assertNotLockedOut(failuresItem, deps.clock.now());
  const known = userRecord.readIfPresent(userItem);
  if (!known) throw new NotFoundError('The user');

  const isRight = await deps.passwords.verify(currentPassword, known.password_hash);
  const password_hash = isRight ? await deps.passwords.hash(newPassword) : undefined;
  const now = deps.clock.now();
  const failureWrites = prepareFailure(deps.audit, { username, subject: username, origin }, now);
  const event = deps.audit.eventOf({ type: 'password_change', username, actor: username, ...origin });
  const isChanged = await deps.store.transact(keys, (items): Decision<boolean> => {
    assertNotLockedOut(items.failures, now);
    const user = userRecord.readIfPresent(items.user);
    if (!user || password_hash === undefined || user.password_hash !== known.password_hash) {
      return { writes: failureWrites(items.failures), result: false };
    }
    const changed = userRecord.replace({ ...user, password_hash, updated_at: now.toISOString() });
    return { writes: [changed, deps.audit.writeFor(event), ...clearFailures(items.failures)], result: true };
  });
  if (!isChanged)
    throw ValidationError.ofField('current_password', 'This is not your password.', 'wrong_password');
  await endSessions(deps, { username, exceptSessionId: sessionId });
}
