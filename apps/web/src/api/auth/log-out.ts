import { z } from 'zod';
import { COOKIE_MODE, endSession } from '../../session/access-token.ts';
import { callApi } from '../http/client.ts';

/** Ends the session at the server; here it ends in any case. */
export async function logOut(): Promise<void> {
  try {
    await callApi({ method: 'POST', path: '/auth/logout', schema: z.unknown(), headers: COOKIE_MODE });
  } finally {
    endSession();
  }
}
