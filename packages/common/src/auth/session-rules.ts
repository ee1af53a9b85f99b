import { z } from 'zod';
import { addSeconds } from '../core/clock.ts';
import { idSchema, timestampSchema, usernameSchema } from '../entities/fields.ts';

const MAX_USER_AGENT_LENGTH = 256;
const MAX_ADDRESS_LENGTH = 45;

/** One sign-in of a user, from which access tokens are renewed until it ends. */
export const sessionSchema = z.object({
  session_id: idSchema,
  username: usernameSchema,
  /** The generation of the one refresh token that is good; the first is 1. */
  refresh_generation: z.int().min(1),
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
 * What presenting a refresh token does to its session.
 *
 * - `rotated`: store the session, answer with tokens of its new generation.
 * - `reused`: store the session, which is revoked now, and refuse.
 * - `ended`: store nothing and refuse.
 */
export type Rotation =
  | { readonly outcome: 'rotated'; readonly session: Session }
  | { readonly outcome: 'reused'; readonly session: Session }
  | { readonly outcome: 'ended' };

/**
 * Each refresh token works once. When an older one comes again, it was stolen or its owner was robbed of the newer
 * one, and nobody can tell which: the whole session ends. There is no grace: a client uses one token at a time.
 * @param presentedGeneration of a refresh token whose signature was checked
 */
export function rotateRefresh(session: Session, presentedGeneration: number, now: Date): Rotation {
  if (!isLiveSession(session, now)) return { outcome: 'ended' };
  if (presentedGeneration === session.refresh_generation) {
    const rotated = { refresh_generation: session.refresh_generation + 1, refreshed_at: now.toISOString() };
    return { outcome: 'rotated', session: { ...session, ...rotated } };
  }
  return { outcome: 'reused', session: revokeSession(session, now) };
}
