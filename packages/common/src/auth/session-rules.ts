import { z } from 'zod';
import type { SessionId, Username } from '../core/brands.ts';
import { isoTime } from '../core/brands.ts';
import { addSeconds } from '../core/clock.ts';
import { sessionIdSchema, timestampSchema, usernameSchema } from '../entities/fields.ts';
import { CLOCK_TOLERANCE_SECONDS } from './token-claims.ts';

const MAX_USER_AGENT_LENGTH = 256;
const MAX_ADDRESS_LENGTH = 45;
/** The time in which a client that lost the response may use the previous refresh token again. */
const REFRESH_GRACE_SECONDS = 10;

/** A session: it starts with a sign-in, and its refresh tokens renew access tokens until it ends. */
export const sessionSchema = z.object({
  session_id: sessionIdSchema,
  username: usernameSchema,
  /** The generation of the only valid refresh token; the first is 1. */
  refresh_generation: z.int().min(1),
  /** The oldest generation whose reuse ends the session; a change of the password ended earlier ones. */
  first_generation: z.int().min(1).default(1),
  refreshed_at: timestampSchema,
  created_at: timestampSchema,
  /** Fixed at the sign-in; renewing does not prolong a session. */
  expires_at: timestampSchema,
  revoked_at: timestampSchema.nullable().default(null),
  user_agent: z.string().max(MAX_USER_AGENT_LENGTH).nullable().default(null),
  address: z.string().max(MAX_ADDRESS_LENGTH).nullable().default(null),
});
export type Session = z.infer<typeof sessionSchema>;

/** The facts of a sign-in. */
export interface NewSession {
  readonly id: SessionId;
  readonly username: Username;
  readonly now: Date;
  readonly lifetimeSeconds: number;
  readonly userAgent?: string | null | undefined;
  readonly address?: string | null | undefined;
}

/** Returns a new session with generation 1. */
export function startSession({
  id,
  username,
  now,
  lifetimeSeconds,
  userAgent,
  address,
}: NewSession): Session {
  return {
    session_id: id,
    username,
    refresh_generation: 1,
    first_generation: 1,
    refreshed_at: isoTime(now),
    created_at: isoTime(now),
    expires_at: isoTime(addSeconds(now, lifetimeSeconds)),
    revoked_at: null,
    user_agent: userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    address: address?.slice(0, MAX_ADDRESS_LENGTH) ?? null,
  };
}

/** Returns whether a session is neither revoked nor expired. */
export function isLiveSession(session: Session, now: Date): boolean {
  return session.revoked_at === null && Date.parse(session.expires_at) > now.getTime();
}

/** Revokes a session. A session that was revoked before keeps its time. */
export function revokeSession(session: Session, now: Date): Session {
  return session.revoked_at === null ? { ...session, revoked_at: isoTime(now) } : session;
}

/**
 * Replaces the refresh token of a session whose user has just entered the password. Earlier tokens are refused from now
 * on, without a grace period. Their reuse does not end the session, since the new token cannot have been stolen with
 * them.
 */
export function replaceRefreshToken(session: Session, now: Date): Session {
  const generation = session.refresh_generation + 1;
  return {
    ...session,
    refresh_generation: generation,
    first_generation: generation,
    refreshed_at: isoTime(now),
  };
}

/**
 * The effect of a presented refresh token on its session.
 *
 * - `rotated`: store the session, respond with tokens of its new generation.
 * - `repeated`: store nothing, respond with the refresh token that the first use returned.
 * - `reused`: store the session, which is now revoked, and refuse.
 * - `ended`: store nothing and refuse.
 */
export type Rotation =
  | { readonly outcome: 'rotated'; readonly session: Session }
  | { readonly outcome: 'repeated'; readonly session: Session }
  | { readonly outcome: 'reused'; readonly session: Session }
  | { readonly outcome: 'ended' };

/**
 * Exchanges a refresh token for the next one, once. For 10 seconds the previous token returns the current one again,
 * since its response may have been lost. The reuse of any other older token means that it, or a newer one, was stolen,
 * so the whole session ends.
 * @param presentedGeneration generation of a refresh token with a valid signature
 * @see docs/reference/sessions.md
 */
export function rotateRefresh(session: Session, presentedGeneration: number, now: Date): Rotation {
  const { refresh_generation, first_generation } = session;
  if (!isLiveSession(session, now) || presentedGeneration < first_generation) return { outcome: 'ended' };
  if (presentedGeneration === refresh_generation) {
    const rotated = { refresh_generation: refresh_generation + 1, refreshed_at: isoTime(now) };
    return { outcome: 'rotated', session: { ...session, ...rotated } };
  }
  if (presentedGeneration === refresh_generation - 1 && isWithinGrace(session, now)) {
    return { outcome: 'repeated', session };
  }
  return { outcome: 'reused', session: revokeSession(session, now) };
}

/** Returns whether the grace period lasts. The clock of the machine that refreshed the session may have been ahead. */
function isWithinGrace({ refreshed_at }: Session, now: Date): boolean {
  const refreshedAt = new Date(refreshed_at);
  return (
    now >= addSeconds(refreshedAt, -CLOCK_TOLERANCE_SECONDS) &&
    now < addSeconds(refreshedAt, REFRESH_GRACE_SECONDS)
  );
}
