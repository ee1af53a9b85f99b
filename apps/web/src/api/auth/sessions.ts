import type { SessionId } from '@cnop/common/core/brands';
import { timestampSchema } from '@cnop/common/entities/fields';
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { callApi } from '../http/client.ts';

const sessionSchema = z.object({
  session_id: z.string().brand<'SessionId'>(),
  created_at: timestampSchema,
  refreshed_at: timestampSchema,
  expires_at: timestampSchema,
  user_agent: z.string().nullable(),
  address: z.string().nullable(),
  is_current: z.boolean(),
});
export type Session = z.output<typeof sessionSchema>;

const answerSchema = z.object({ data: z.array(sessionSchema) });

export const SESSIONS_KEY = ['sessions'] as const;

/** Lists the sessions of the user, the newest sign-in first. */
export function sessionsQuery() {
  return queryOptions({
    queryKey: SESSIONS_KEY,
    queryFn: ({ signal }) => callApi({ path: '/auth/sessions', schema: answerSchema, signal }),
    select: ({ data }) => data,
  });
}

/** Ends one session on another device. */
export async function endSession(sessionId: SessionId): Promise<void> {
  const path = `/auth/sessions/${encodeURIComponent(sessionId)}`;
  await callApi({ method: 'DELETE', path, schema: z.unknown() });
}

/**
 * Ends all sessions but this one.
 * @returns the number of sessions ended
 */
export async function endOtherSessions(): Promise<number> {
  const { ended } = await callApi({
    method: 'DELETE',
    path: '/auth/sessions',
    schema: z.object({ ended: z.int() }),
  });
  return ended;
}
