import { z } from 'zod';
import { callApi } from '../http/client.ts';

/** Signs another device out. */
export async function endSession(sessionId: string): Promise<void> {
  const path = `/auth/sessions/${encodeURIComponent(sessionId)}`;
  await callApi({ method: 'DELETE', path, schema: z.unknown() });
}

/** Signs every other device out. */
export async function endOtherSessions(): Promise<number> {
  const { ended } = await callApi({
    method: 'DELETE',
    path: '/auth/sessions',
    schema: z.object({ ended: z.int() }),
  });
  return ended;
}
