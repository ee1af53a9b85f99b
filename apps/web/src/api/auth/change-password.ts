import { z } from 'zod';
import { callApi } from '../http/client.ts';

export interface PasswordChange {
  readonly current_password: string;
  readonly new_password: string;
}

/** Changes the password; every other session of the user ends with it. */
export async function changePassword(change: PasswordChange): Promise<void> {
  await callApi({ method: 'POST', path: '/auth/password', body: change, schema: z.unknown() });
}
