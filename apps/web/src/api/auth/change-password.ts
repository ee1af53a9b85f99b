import { COOKIE_MODE, startSession, tokenAnswerSchema } from '../../session/access-token.ts';
import { callApi } from '../http/client.ts';

export interface PasswordChange {
  readonly current_password: string;
  readonly new_password: string;
}

/** Changes the password. Every other session of the user ends, and this one goes on with new tokens. */
export async function changePassword(change: PasswordChange): Promise<void> {
  const answer = await callApi({
    method: 'POST',
    path: '/auth/password',
    body: change,
    schema: tokenAnswerSchema,
    headers: COOKIE_MODE,
  });
  startSession(answer);
}
