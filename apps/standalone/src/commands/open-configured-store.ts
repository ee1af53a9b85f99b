import { refuseLooseDataFolder } from '@cnop/common/config/data-folder';
import { loadEnvFile } from '@cnop/common/config/load-env-file';
import { readConfig } from '@cnop/common/config/read-config';
import { processSettings, storeSettings } from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { openStore } from '@cnop/common/database/open-store';
import type { TableStore } from '@cnop/common/database/table-store';

const settings = storeSettings
  .extend({ NODE_ENV: processSettings.shape.NODE_ENV })
  .superRefine(refuseLooseDataFolder);

/** Runs a command on the store that the settings name and closes it afterwards. */
export async function withConfiguredStore<T>(run: (store: TableStore) => Promise<T>): Promise<T> {
  loadEnvFile();
  const store = await openStore(readConfig(settings), systemClock);
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}
