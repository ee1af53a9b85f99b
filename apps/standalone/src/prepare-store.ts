import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { Clock } from '@cnop/common/core/clock';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { loadCatalogue } from '@cnop/inventory-service/catalogue/load-catalogue';
import { createAdmin, generatePassword } from './create-admin.ts';

export const FIRST_ADMIN_USERNAME = 'admin';
const FIRST_ADMIN_EMAIL = 'admin@localhost.localdomain';

export interface Preparation {
  readonly assetsAdded: number;
  /** Present when the administrator was created just now with a password that only this start knows. */
  readonly oneTimeAdminPassword: string | undefined;
}

export interface PrepareStoreDeps {
  readonly store: TableStore;
  readonly passwords: PasswordManager;
  readonly clock: Clock;
  /** Used for the first administrator instead of a generated password. */
  readonly adminPassword: string | undefined;
}

/** Brings an empty store to where people can trade: a catalogue and somebody who may administer it. */
export async function prepareStore(deps: PrepareStoreDeps): Promise<Preparation> {
  const { store, clock, adminPassword } = deps;
  const assetsAdded = await loadCatalogue(store, clock);
  const known = await createUserDao(store).getUserByUsername(FIRST_ADMIN_USERNAME);
  if (known) return { assetsAdded, oneTimeAdminPassword: undefined };
  const password = adminPassword ?? generatePassword();
  await createAdmin(deps, { username: FIRST_ADMIN_USERNAME, email: FIRST_ADMIN_EMAIL, password });
  return { assetsAdded, oneTimeAdminPassword: adminPassword === undefined ? password : undefined };
}
