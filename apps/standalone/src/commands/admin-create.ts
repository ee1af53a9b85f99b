import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { readConfig } from '@cnop/common/config/read-config';
import { accountSettings, processSettings, storeSettings } from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { usernameSchema } from '@cnop/common/entities/fields';
import { emailSchema } from '@cnop/common/entities/user/email';
import { newPasswordSchema } from '@cnop/common/entities/user/user';
import { z } from 'zod';
import type { PasswordDelivery } from '../create-admin.ts';
import { createAdmin } from '../create-admin.ts';
import { withConfiguredStore } from './open-configured-store.ts';

const accountSchema = z.object({ username: usernameSchema, email: emailSchema });
const adminSettings = accountSettings.pick({ BCRYPT_COST: true }).extend({
  ADMIN_PASSWORD: newPasswordSchema.optional(),
  NODE_ENV: processSettings.shape.NODE_ENV,
  DATA_DIR: storeSettings.shape.DATA_DIR,
});

export interface AdminCreateOptions {
  readonly username: string;
  readonly email: string;
}

/**
 * Creates an administrator and prints the password once; in production it goes to a file. ADMIN_PASSWORD sets it instead:
 * never an argument, which other users of the machine could see.
 */
export async function runAdminCreate(
  options: AdminCreateOptions,
  print: (text: string) => void,
): Promise<void> {
  const account = accountSchema.parse(options);
  await withConfiguredStore(async (store) => {
    const { BCRYPT_COST, ADMIN_PASSWORD: password, ...settings } = readConfig(adminSettings);
    const passwords = createPasswordManager({ cost: BCRYPT_COST });
    try {
      const deps = { store, passwords, clock: systemClock };
      const delivery = await createAdmin(deps, { ...account, ...settings, password });
      print(`Created the administrator ${account.username}${hint(delivery)}.\n`);
    } finally {
      await passwords.close();
    }
  });
}

function hint(delivery: PasswordDelivery): string {
  if (delivery.kind === 'shown') return `, password ${delivery.password} (shown this once)`;
  return delivery.kind === 'file' ? `, password in ${delivery.file} (delete it once it is noted)` : '';
}
