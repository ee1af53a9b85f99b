import { z } from 'zod';
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
