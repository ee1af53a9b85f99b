import { COOKIE_MODE, startSession, tokenAnswerSchema } from '../../session/access-token.ts';
import { callApi } from '../http/client.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Signs in and begins the session of this browser. */
export async function logIn(credentials: Credentials): Promise<void> {
  const answer = await callApi({
    method: 'POST',
    path: '/auth/login',
    body: credentials,
    schema: tokenAnswerSchema,
    headers: COOKIE_MODE,
  });
  startSession(answer);
}
