import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { usernameSchema } from '@cnop/common/entities/fields';
import { loadCatalogue } from '@cnop/inventory-service/catalogue/load-catalogue';
import type { CreateAdminDeps, NewAdmin, PasswordDelivery } from './create-admin.ts';
import { createAdmin } from './create-admin.ts';

export const FIRST_ADMIN_USERNAME = usernameSchema.parse('admin');
const FIRST_ADMIN_EMAIL = 'admin@localhost.localdomain';

/** What the preparation added to a store. */
export interface Preparation {
  readonly assetsAdded: number;
  /** Present when this start created the first administrator. */
  readonly adminPassword: PasswordDelivery | undefined;
}

type PrepareStoreSettings = Pick<NewAdmin, 'NODE_ENV' | 'DATA_DIR'> & {
  /** The password of the first administrator, instead of a generated one. */
  readonly ADMIN_PASSWORD?: string | undefined;
};

/**
 * Adds the shipped catalogue and the first administrator to a store that lacks them.
 * @throws ConfigError when ADMIN_PASSWORD is easy to guess, in production
 */
export async function prepareStore(
  deps: CreateAdminDeps,
  { NODE_ENV, DATA_DIR, ADMIN_PASSWORD }: PrepareStoreSettings,
): Promise<Preparation> {
  const assetsAdded = await loadCatalogue(deps.store, deps.clock);
  const known = await createUserDao(deps.store).getUserByUsername(FIRST_ADMIN_USERNAME);
  if (known) return { assetsAdded, adminPassword: undefined };
  const account = { username: FIRST_ADMIN_USERNAME, email: FIRST_ADMIN_EMAIL, password: ADMIN_PASSWORD };
  return { assetsAdded, adminPassword: await createAdmin(deps, { ...account, NODE_ENV, DATA_DIR }) };
}
