import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { UserDao } from '@cnop/common/dao/user/user-dao';
import type { User } from '@cnop/common/entities/user/user';
import type { BalanceView } from './read-balance.ts';
import { readBalance } from './read-balance.ts';
import { readUser } from './read-user.ts';

export interface ManagedUser {
  readonly user: User;
  readonly balance: BalanceView;
}

/**
 * Reads a user with the cash that an administrator may correct.
 * @throws NotFoundError (404) for an unknown user
 */
export async function readManagedUser(
  { users, balances }: { readonly users: UserDao; readonly balances: BalanceDao },
  username: string,
): Promise<ManagedUser> {
  const user = await readUser(users, username);
  return { user, balance: await readBalance(balances, username) };
}
