import { z } from 'zod';
import { COOKIE_MODE, endSession, startSession, tokenAnswerSchema } from '../../session/access-token.ts';
import { callApi } from '../http/client.ts';

export interface Registration {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly first_name: string;
  readonly last_name: string;
}

export async function register(registration: Registration): Promise<void> {
  await callApi({ method: 'POST', path: '/auth/register', body: registration, schema: z.unknown() });
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Signs in and starts the session of this browser. */
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

interface PasswordChange {
  readonly current_password: string;
  readonly new_password: string;
}

/** Changes the password. All other sessions of the user end; this one continues with new tokens. */
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

/** Ends the session on the server. In this browser it ends even if the server cannot be reached. */
export async function logOut(): Promise<void> {
  try {
    await callApi({ method: 'POST', path: '/auth/logout', schema: z.unknown(), headers: COOKIE_MODE });
  } finally {
    endSession();
  }
}
