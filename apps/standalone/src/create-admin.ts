import { randomBytes } from 'node:crypto';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { Clock } from '@cnop/common/core/clock';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { User } from '@cnop/common/entities/user/user';
import { newPasswordSchema } from '@cnop/common/entities/user/user';

const GENERATED_PASSWORD_BYTES = 18;
/** One of each kind that a password must have, whatever the random part looks like. */
const GENERATED_PASSWORD_SUFFIX = '-Aa1';

export interface AdminAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/** A password that nobody has seen yet. */
export function generatePassword(): string {
  return randomBytes(GENERATED_PASSWORD_BYTES).toString('base64url') + GENERATED_PASSWORD_SUFFIX;
}

/**
 * Creates an administrator.
 * @throws AlreadyExistsError when the username or the e-mail is taken
 * @throws ZodError when the password breaks the rules of passwords
 */
export async function createAdmin(
  deps: { readonly store: TableStore; readonly passwords: PasswordManager; readonly clock: Clock },
  account: AdminAccount,
): Promise<User> {
  const password = newPasswordSchema.parse(account.password);
  const at = deps.clock.now().toISOString();
  const user: User = {
    username: account.username,
    email: account.email,
    password_hash: await deps.passwords.hash(password),
    first_name: 'Platform',
    last_name: 'Administrator',
    phone: null,
    date_of_birth: null,
    marketing_emails_consent: false,
    role: 'admin',
    status: 'active',
    created_at: at,
    updated_at: at,
    last_login: null,
  };
  return createUserDao(deps.store).createUser(user, [balanceRecord.create(emptyBalance(user.username, at))]);
}
