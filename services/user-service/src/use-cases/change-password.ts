import type { RequestOrigin } from '@cnop/common/auth/client-address';
import { assertHardToGuess } from '@cnop/common/auth/password-choice';
import { isLiveSession, replaceRefreshToken } from '@cnop/common/auth/session-rules';
import type { Session } from '@cnop/common/auth/session-state';
import { sessionRecord } from '@cnop/common/auth/session-state';
import type { TokenIssuer } from '@cnop/common/auth/token-manager';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { User } from '@cnop/common/entities/user/user';
import { normalizePassword } from '@cnop/common/entities/user/user';
import { AuthenticationError, ValidationError } from '@cnop/exception/errors';
import type { EndSessionsDeps } from './end-sessions.ts';
import { endSessions } from './end-sessions.ts';
import type { TokenPair } from './issue-tokens.ts';
import { issueTokens } from './issue-tokens.ts';
import type { ProvePasswordDeps } from './prove-password.ts';
import { provePassword, wrongPassword } from './prove-password.ts';

export interface ChangePasswordDeps extends EndSessionsDeps, ProvePasswordDeps {
  readonly tokens: TokenIssuer;
}

export interface ChangePassword {
  readonly username: string;
  readonly sessionId: string;
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
      const user = { ...before, password_hash, updated_at: now.toISOString() };
      const session = replaceRefreshToken(acting, now);
      const writes = [userRecord.replace(user), sessionRecord.replace(session), deps.audit.writeFor(event)];
      return { writes, result: { user, session } };
    },
  );
  await endSessions(deps, { username, exceptSessionId: sessionId });
  return issueTokens(deps.tokens, changed.user, changed.session);
}
