import { z } from 'zod';
import { addSeconds } from '../core/clock.ts';
import { idSchema, timestampSchema, usernameSchema } from '../entities/fields.ts';
import { CLOCK_TOLERANCE_SECONDS } from './token-claims.ts';

const MAX_USER_AGENT_LENGTH = 256;
const MAX_ADDRESS_LENGTH = 45;
/** How long a refresh token that was used may be used again by a client that lost the answer. */
const REFRESH_GRACE_SECONDS = 10;

/** One sign-in of a user, from which access tokens are renewed until it ends. */
export const sessionSchema = z.object({
  session_id: idSchema,
  username: usernameSchema,
  /** The generation of the one refresh token that is good; the first is 1. */
  refresh_generation: z.int().min(1),
  /** The oldest generation whose reuse says anything: a change of the password ended the ones before it. */
  first_generation: z.int().min(1).default(1),
  refreshed_at: timestampSchema,
  created_at: timestampSchema,
  /** Fixed at the sign-in: renewing does not prolong a session. */
  expires_at: timestampSchema,
  revoked_at: timestampSchema.nullable().default(null),
  user_agent: z.string().max(MAX_USER_AGENT_LENGTH).nullable().default(null),
  address: z.string().max(MAX_ADDRESS_LENGTH).nullable().default(null),
});
export type Session = z.infer<typeof sessionSchema>;

export interface NewSession {
  readonly id: string;
  readonly username: string;
  readonly now: Date;
  readonly lifetimeSeconds: number;
  readonly userAgent?: string | null | undefined;
  readonly address?: string | null | undefined;
}

/** A new session with generation 1. */
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
    refreshed_at: now.toISOString(),
    created_at: now.toISOString(),
    expires_at: addSeconds(now, lifetimeSeconds).toISOString(),
    revoked_at: null,
    user_agent: userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    address: address?.slice(0, MAX_ADDRESS_LENGTH) ?? null,
  };
}

export function isLiveSession(session: Session, now: Date): boolean {
  return session.revoked_at === null && Date.parse(session.expires_at) > now.getTime();
}

/** Ends a session; one that ended before keeps its time. */
export function revokeSession(session: Session, now: Date): Session {
  return session.revoked_at === null ? { ...session, revoked_at: now.toISOString() } : session;
}

/**
 * Replaces the refresh token of a session whose user has just proved to know the password. The tokens before it are
 * refused from now on, without a grace; they do not end the session, since the new token cannot have been stolen with
 * them.
 */
export function replaceRefreshToken(session: Session, now: Date): Session {
  const generation = session.refresh_generation + 1;
  return {
    ...session,
    refresh_generation: generation,
    first_generation: generation,
    refreshed_at: now.toISOString(),
  };
}

/**
 * What presenting a refresh token does to its session.
 *
 * - `rotated`: store the session, answer with tokens of its new generation.
 * - `repeated`: store nothing, answer with the refresh token that the first use got.
 * - `reused`: store the session, which is revoked now, and refuse.
 * - `ended`: store nothing and refuse.
 */
export type Rotation =
  | { readonly outcome: 'rotated'; readonly session: Session }
  | { readonly outcome: 'repeated'; readonly session: Session }
  | { readonly outcome: 'reused'; readonly session: Session }
  | { readonly outcome: 'ended' };

/**
 * Exchanges a refresh token for the next one, once. The token before the present one gets the present one again for
 * `REFRESH_GRACE_SECONDS`, as long as that was not used itself: its answer may have been lost. Any other older token
 * was stolen, or its owner was robbed of a newer one. The two cannot be told apart, so the whole session ends.
 * @param presentedGeneration of a refresh token whose signature was checked
 */
export function rotateRefresh(session: Session, presentedGeneration: number, now: Date): Rotation {
  const { refresh_generation, first_generation } = session;
  if (!isLiveSession(session, now) || presentedGeneration < first_generation) return { outcome: 'ended' };
  if (presentedGeneration === refresh_generation) {
    const rotated = { refresh_generation: refresh_generation + 1, refreshed_at: now.toISOString() };
    return { outcome: 'rotated', session: { ...session, ...rotated } };
  }
  if (presentedGeneration === refresh_generation - 1 && isWithinGrace(session, now)) {
    return { outcome: 'repeated', session };
  }
  return { outcome: 'reused', session: revokeSession(session, now) };
}

/** The clock of another machine may have been ahead when the session was refreshed there. */
function isWithinGrace({ refreshed_at }: Session, now: Date): boolean {
  const refreshedAt = new Date(refreshed_at);
  return (
    now >= addSeconds(refreshedAt, -CLOCK_TOLERANCE_SECONDS) &&
    now < addSeconds(refreshedAt, REFRESH_GRACE_SECONDS)
  );
}
