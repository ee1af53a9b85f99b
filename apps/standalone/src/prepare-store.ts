import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { loadCatalogue } from '@cnop/inventory-service/catalogue/load-catalogue';
import type { CreateAdminDeps, NewAdmin, PasswordDelivery } from './create-admin.ts';
import { createAdmin } from './create-admin.ts';

export const FIRST_ADMIN_USERNAME = 'admin';
const FIRST_ADMIN_EMAIL = 'admin@localhost.localdomain';

export interface Preparation {
  readonly assetsAdded: number;
  /** Present when the administrator was created just now. */
  readonly adminPassword: PasswordDelivery | undefined;
}

export type PrepareStoreSettings = Pick<NewAdmin, 'NODE_ENV' | 'DATA_DIR'> & {
  /** Used for the first administrator instead of a generated password. */
  readonly ADMIN_PASSWORD?: string | undefined;
};

/** Brings an empty store to where trading can begin: a catalogue and an administrator. */
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
