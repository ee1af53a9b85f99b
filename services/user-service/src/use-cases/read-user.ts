import type { UserDao } from '@cnop/common/dao/user/user-dao';
import type { User } from '@cnop/common/entities/user/user';
import { NotFoundError } from '@cnop/exception/errors';

/**
 * Reads a user.
 * @throws NotFoundError (404) for an unknown user
 */
export async function readUser(users: UserDao, username: string): Promise<User> {
  const user = await users.getUserByUsername(username);
  if (!user) throw new NotFoundError('The user');
  return user;
}
