import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Session } from '@cnop/common/auth/session-rules';
import { rotateRefresh } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import type { TokenIssuer } from '@cnop/common/auth/token-issuer';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { User } from '@cnop/common/entities/user/user';
import { AuthenticationError } from '@cnop/exception/errors';
import type { UserDependencies } from '../dependencies.ts';
import type { EndSessionsDeps } from './end-sessions.ts';
import { forgetSession, recordTokenReuse } from './end-sessions.ts';

/** The tokens that a client gets from a sign-in or a renewal. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** Signs an access token and the refresh token of a session's current generation. */
export async function issueTokens(tokens: TokenIssuer, user: User, session: Session): Promise<TokenPair> {
  const { username, role } = user;
  const { session_id: sessionId, refresh_generation: generation } = session;
  const issuedAt = new Date(session.refreshed_at);
  const expiresAt = new Date(session.expires_at);
  const [access, refresh] = await Promise.all([
    tokens.issueAccess({ username, role, sessionId }),
    tokens.issueRefresh({ username, sessionId, generation, issuedAt, expiresAt }),
  ]);
  return {
    accessToken: access.token,
    refreshToken: refresh.token,
    expiresInSeconds: access.expiresInSeconds,
  };
}

type RefreshSessionDeps = EndSessionsDeps & Pick<UserDependencies, 'tokens' | 'audit'>;

type Outcome =
  | { readonly kind: 'refused' }
  | { readonly kind: 'reused' }
  | { readonly kind: 'renewed'; readonly user: User; readonly session: Session };

/**
 * Exchanges a refresh token for new tokens by the rules of `rotateRefresh`. A reused token ends its session; the event of
 * that end is a second commit, since a renewal that reads the balance would conflict with every trade of the user.
 * @throws AuthenticationError (401) for an invalid or reused token, an ended session, and a user who is not active
 * @see docs/reference/sessions.md
 */
export async function refreshSession(
  deps: RefreshSessionDeps,
  { refreshToken, origin }: { readonly refreshToken: string; readonly origin: RequestOrigin },
): Promise<TokenPair> {
  const { username, sessionId, generation } = await deps.verifier.verifyRefresh(refreshToken);
  const now = deps.clock.now();
  const reuse = deps.audit.eventOf({ type: 'session_reuse', username, ...origin });
  const reads = {
    user: userRecord.key({ username }),
    session: sessionRecord.key({ username, session_id: sessionId }),
  };
  const outcome = await deps.store.transact(reads, (items): Decision<Outcome> => {
    const user = userRecord.readIfPresent(items.user);
    const session = sessionRecord.readIfPresent(items.session);
    if (!session || user?.status !== 'active') return { writes: [], result: { kind: 'refused' } };
    const rotation = rotateRefresh(session, generation, now);
    switch (rotation.outcome) {
      case 'ended':
        return { writes: [], result: { kind: 'refused' } };
      case 'rotated': {
        const renewed = { kind: 'renewed', user, session: rotation.session } as const;
        return { writes: [sessionRecord.replace(rotation.session)], result: renewed };
      }
      case 'repeated':
        return { writes: [], result: { kind: 'renewed', user, session: rotation.session } };
      case 'reused': {
        const ended = sessionRecord.replace(rotation.session);
        return { writes: [ended, deps.audit.writeFor(reuse)], result: { kind: 'reused' } };
      }
    }
  });
  if (outcome.kind === 'renewed') return issueTokens(deps.tokens, outcome.user, outcome.session);
  if (outcome.kind === 'reused') {
    forgetSession(deps, sessionId);
    await recordTokenReuse(deps, { username, sessionId, now });
  }
  throw new AuthenticationError('The session has ended.');
}
