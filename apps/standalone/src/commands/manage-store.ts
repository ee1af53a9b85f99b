import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { refuseLooseDataFolder } from '@cnop/common/config/data-folder';
import { priceSettings } from '@cnop/common/config/price-settings';
import { loadEnvFile, readConfig } from '@cnop/common/config/read-config';
import { accountSettings, processSettings, storeSettings } from '@cnop/common/config/settings';
import type { Username } from '@cnop/common/core/brands';
import { systemClock } from '@cnop/common/core/clock';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { openStore } from '@cnop/common/database/open-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { usernameSchema } from '@cnop/common/entities/fields';
import { emailSchema } from '@cnop/common/entities/user/email';
import { newPasswordSchema } from '@cnop/common/entities/user/user';
import { loadCatalogue } from '@cnop/inventory-service/catalogue/load-catalogue';
import { loadHistory } from '@cnop/inventory-service/market-maker/price-history';
import { createRandomSource } from '@cnop/inventory-service/price-feed/simulated-feed';
import { z } from 'zod';
import type { PasswordDelivery } from '../create-admin.ts';
import { createAdmin } from '../create-admin.ts';

const settings = storeSettings
  .extend({ NODE_ENV: processSettings.shape.NODE_ENV })
  .superRefine(refuseLooseDataFolder);

/** Runs a command on the store of the settings and closes the store afterwards. */
async function withConfiguredStore<T>(run: (store: TableStore) => Promise<T>): Promise<T> {
  loadEnvFile();
  const store = await openStore(readConfig(settings), systemClock);
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

const accountSchema = z.object({ username: usernameSchema, email: emailSchema });
const adminSettings = accountSettings.pick({ BCRYPT_COST: true }).extend({
  ADMIN_PASSWORD: newPasswordSchema.optional(),
  NODE_ENV: processSettings.shape.NODE_ENV,
  DATA_DIR: storeSettings.shape.DATA_DIR,
});

export interface AdminCreateOptions {
  readonly username: Username;
  readonly email: string;
  /** Leaves an account with this username as it is, so that a deployment may repeat the command. */
  readonly ifMissing?: boolean;
}

/**
 * `cnop admin create`: creates an administrator and prints the generated password once; in production it is written to a
 * file. ADMIN_PASSWORD sets the password instead. It is not an argument, since other users of the machine can read those.
 * @throws ZodError when an option is invalid
 * @throws AlreadyExistsError (409) when the username or the e-mail is taken
 * @throws ConfigError when ADMIN_PASSWORD is easy to guess, in production
 */
export async function runAdminCreate(
  { ifMissing = false, ...options }: AdminCreateOptions,
  print: (text: string) => void,
): Promise<void> {
  const account = accountSchema.parse(options);
  await withConfiguredStore(async (store) => {
    if (ifMissing && (await createUserDao(store).getUserByUsername(account.username))) {
      print(`The username ${account.username} exists.\n`);
      return;
    }
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
  if (delivery.kind === 'shown') return `, password ${delivery.password} (shown only now)`;
  return delivery.kind === 'file'
    ? `, password in ${delivery.file} (save the password, then delete the file)`
    : '';
}

export interface CatalogueLoadOptions {
  /** Also generates a history of prices, from PRICE_SEED if it is set. */
  readonly history?: boolean;
}

/** `cnop catalogue load`: adds the assets of the shipped catalogue that the store does not have. */
export async function runCatalogueLoad(
  { history = false }: CatalogueLoadOptions,
  print: (text: string) => void,
): Promise<void> {
  await withConfiguredStore(async (store) => {
    print(`Added ${await loadCatalogue(store, systemClock)} assets.\n`);
    if (!history) return;
    const loaded = await loadHistory({
      store,
      clock: systemClock,
      random: createRandomSource(readConfig(priceSettings.pick({ PRICE_SEED: true })).PRICE_SEED),
      onAsset: (assetId, candles) => print(`  ${assetId}: ${candles} candles\n`),
    });
    print(`Generated the history of ${loaded} assets.\n`);
  });
}
