import type { User } from '@cnop/common/entities/user/user';
import { z } from 'zod';
import { callApi } from '../http/client.ts';
import { userPath } from './user.ts';
import { managedUserSchema } from './users.ts';

const answerSchema = z.object({ data: managedUserSchema });

/** What an administrator changes on a user. It ends their sessions. */
export type AccessChange = Pick<User, 'role'> | Pick<User, 'status'>;

export async function changeAccess(username: string, change: AccessChange) {
  const path = userPath(username);
  const { data } = await callApi({ method: 'PATCH', path, body: change, schema: answerSchema });
  return data;
}
