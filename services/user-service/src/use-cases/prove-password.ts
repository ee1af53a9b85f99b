import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { Clock } from '@cnop/common/core/clock';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision, TableStore } from '@cnop/common/database/table-store';
import type { User } from '@cnop/common/entities/user/user';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { PasswordQueue } from './password-queue.ts';
import { assertMayTry, openAttempt, prepareFailure, successWrites } from './sign-in-failures.ts';

export interface ProvePasswordDeps {
  readonly store: TableStore;
  readonly passwords: PasswordManager;
  readonly passwordQueue: PasswordQueue;
  readonly audit: AuditLogger;
  readonly clock: Clock;
}

export interface ProvePassword {
  readonly username: string;
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
