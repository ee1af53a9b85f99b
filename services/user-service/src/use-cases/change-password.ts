import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import { isLiveSession, replaceRefreshToken } from '@cnop/common/auth/session-rules';
import type { Session } from '@cnop/common/auth/session-state';
import { sessionRecord } from '@cnop/common/auth/session-state';
import type { TokenIssuer } from '@cnop/common/auth/token-manager';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { User } from '@cnop/common/entities/user/user';
import { AuthenticationError, NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { EndSessionsDeps } from './end-sessions.ts';
import { endSessions } from './end-sessions.ts';
import type { TokenPair } from './issue-tokens.ts';
import { issueTokens } from './issue-tokens.ts';
import { assertNotLockedOut, clearFailures, prepareFailure, signInFailuresKey } from './sign-in-failures.ts';

export interface ChangePasswordDeps extends EndSessionsDeps {
  readonly passwords: PasswordManager;
  readonly tokens: TokenIssuer;
  readonly audit: AuditLogger;
}

export interface ChangePassword {
  readonly username: string;
  readonly sessionId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly origin: RequestOrigin;
}

type Outcome =
  | { readonly kind: 'wrong password' }
  | { readonly kind: 'changed'; readonly user: User; readonly session: Session };

/**
 * Changes a password, ends all other sessions, and replaces the refresh token of the acting one. Wrong guesses of the
 * present password count as failed sign-ins, so a stolen session is no way around their limit.
 * @throws ValidationError (422) on `current_password` when it is wrong
 * @throws AuthenticationError (401) when the acting session ended meanwhile
 * @throws RateLimitedError (429) after too many wrong ones
 */
export async function changePassword(deps: ChangePasswordDeps, command: ChangePassword): Promise<TokenPair> {
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
  const reads = { ...keys, session: sessionRecord.key({ username, session_id: sessionId }) };
  const outcome = await deps.store.transact(reads, (items): Decision<Outcome> => {
    assertNotLockedOut(items.failures, now);
    const before = userRecord.readIfPresent(items.user);
    if (!before || password_hash === undefined || before.password_hash !== known.password_hash) {
      return { writes: failureWrites(items.failures), result: { kind: 'wrong password' } };
    }
    const acting = sessionRecord.readIfPresent(items.session);
    if (!acting || !isLiveSession(acting, now)) throw new AuthenticationError('The session has ended.');
    const user = { ...before, password_hash, updated_at: now.toISOString() };
    const session = replaceRefreshToken(acting, now);
    const changes = [userRecord.replace(user), sessionRecord.replace(session), deps.audit.writeFor(event)];
    const writes = [...changes, ...clearFailures(items.failures)];
    return { writes, result: { kind: 'changed', user, session } };
  });
  if (outcome.kind === 'wrong password')
    throw ValidationError.ofField('current_password', 'This is not your password.', 'wrong_password');
  await endSessions(deps, { username, exceptSessionId: sessionId });
  return issueTokens(deps.tokens, outcome.user, outcome.session);
}
