import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { readConfig } from '@cnop/common/config/read-config';
import { accountSettings } from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { usernameSchema } from '@cnop/common/entities/fields';
import { emailSchema } from '@cnop/common/entities/user/email';
import { newPasswordSchema } from '@cnop/common/entities/user/user';
import { z } from 'zod';
import { createAdmin, generatePassword } from '../create-admin.ts';
import { withConfiguredStore } from './open-configured-store.ts';

const accountSchema = z.object({ username: usernameSchema, email: emailSchema });
const passwordSettings = accountSettings
  .pick({ BCRYPT_COST: true })
  .extend({ ADMIN_PASSWORD: newPasswordSchema.optional() });

export interface AdminCreateOptions {
  readonly username: string;
  readonly email: string;
}

/**
 * Creates an administrator and prints the password once. ADMIN_PASSWORD sets it instead: never an argument, which
 * other users of the machine could see.
 */
export async function runAdminCreate(
  options: AdminCreateOptions,
  print: (text: string) => void,
): Promise<void> {
  const account = accountSchema.parse(options);
  await withConfiguredStore(async (store) => {
    const { BCRYPT_COST, ADMIN_PASSWORD } = readConfig(passwordSettings);
    const passwords = createPasswordManager({ cost: BCRYPT_COST });
    try {
      const password = ADMIN_PASSWORD ?? generatePassword();
      const admin = await createAdmin({ store, passwords, clock: systemClock }, { ...account, password });
      const shown = ADMIN_PASSWORD === undefined ? `, password ${password} (shown this once)` : '';
      print(`Created the administrator ${admin.username}${shown}.\n`);
    } finally {
      await passwords.close();
    }
  });
}
