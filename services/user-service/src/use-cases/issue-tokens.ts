import type { Session } from '@cnop/common/auth/session-rules';
import type { TokenIssuer } from '@cnop/common/auth/token-manager';
import type { User } from '@cnop/common/entities/user/user';

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
