import type { Session } from '@cnop/common/auth/session-rules';
import { sessionSchema } from '@cnop/common/auth/session-rules';
import { BUILT_AT, BUILT_USERNAME } from './defaults.ts';

/** Builds a session that starts with the other entities and lasts thirty days. */
export function aSession(overrides: Partial<Session> = {}): Session {
  return sessionSchema.parse({
    session_id: '01990000-0000-7000-8000-00000000000a',
    username: BUILT_USERNAME,
    refresh_generation: 1,
    refreshed_at: BUILT_AT,
    created_at: BUILT_AT,
    expires_at: '2026-02-14T12:00:00.000Z',
    ...overrides,
  });
}
