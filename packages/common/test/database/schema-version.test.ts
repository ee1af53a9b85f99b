import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from '@cnop/common/config/read-config';
import { storeSettings } from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { openStore, storeFolder } from '@cnop/common/database/open-store';
import { SCHEMA_KEY, SCHEMA_VERSION } from '@cnop/common/database/schema-version';
import { put } from '@cnop/testing/store-contract/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cnop-schema-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function storeVersion(schema_version: number, readable_from: number): Promise<void> {
  const store = createLmdbTableStore({ path: storeFolder({ DATA_DIR: dataDir }) });
  await put(store, SCHEMA_KEY, { attributes: { schema_version, readable_from } });
  await store.close();
}

async function open(readOnly: boolean): Promise<void> {
  const store = await openStore(readConfig(storeSettings, { DATA_DIR: dataDir }), systemClock, { readOnly });
  await store.close();
}

it('opens a store without a recorded version', async () => {
  await createLmdbTableStore({ path: storeFolder({ DATA_DIR: dataDir }) }).close();
  await open(false);
  await open(true);
});

it('opens a store of a later version whose data it can read', async () => {
  await storeVersion(SCHEMA_VERSION + 1, SCHEMA_VERSION);
  await open(false);
  await open(true);
});

it('refuses a store that only a later version understands, and leaves it closed', async () => {
  await storeVersion(SCHEMA_VERSION + 2, SCHEMA_VERSION + 1);
  for (const readOnly of [false, true, false]) {
    await expect(open(readOnly)).rejects.toThrow(ConfigError);
    await expect(open(readOnly)).rejects.toThrow(
      `needs a platform of schema version ${SCHEMA_VERSION + 1} or later`,
    );
  }
});
