import { loadEnvFile, readConfig, readConfigWith } from '@cnop/common/config/read-config';
import type { StoreSettings } from '@cnop/common/config/settings';
import { storeSettings } from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { openStore, storeFolder } from '@cnop/common/database/open-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { RefusedError } from '../data-command.ts';

/** The part of an address that each option of DynamoDB replaces. */
const DYNAMODB_OPTIONS: ReadonlyMap<string, keyof StoreSettings> = new Map([
  ['region', 'AWS_REGION'],
  ['endpoint', 'DYNAMODB_ENDPOINT'],
  ['role', 'DYNAMODB_ROLE_ARN'],
  ['external-id', 'DYNAMODB_ROLE_EXTERNAL_ID'],
]);

/**
 * Returns the settings of the store that an address names; without an address, those of the environment.
 *
 * - `lmdb:./data`: the embedded store of a data folder
 * - `dynamodb:cnop-`: the tables with a prefix, with region, endpoint and role of the environment
 * - `dynamodb:cnop-?region=eu-west-1&endpoint=http://127.0.0.1:8000`: the same with other ones
 * @throws RefusedError when the address has another form
 * @throws ConfigError when a setting is invalid
 */
export function settingsOfStore(address: string | undefined): StoreSettings {
  loadEnvFile();
  if (address === undefined) return readConfig(storeSettings);
  const [, kind, place = '', query = ''] = /^(lmdb|dynamodb):([^?]*)(?:\?(.*))?$/.exec(address) ?? [];
  if (kind === 'lmdb' && place !== '' && query === '') {
    return readConfigWith(storeSettings, { STORE: 'lmdb', DATA_DIR: place });
  }
  if (kind === 'dynamodb') {
    const options = [...new URLSearchParams(query)].map(([name, value]) => {
      const setting = DYNAMODB_OPTIONS.get(name);
      if (!setting) throw badAddress(address);
      return [setting, value] as const;
    });
    return readConfigWith(storeSettings, {
      STORE: 'dynamodb',
      ...(place !== '' && { DYNAMODB_TABLE_PREFIX: place }),
      ...Object.fromEntries(options),
    });
  }
  throw badAddress(address);
}

function badAddress(address: string): RefusedError {
  return new RefusedError(
    `${address} is not the address of a store. Write lmdb:FOLDER, such as lmdb:./data, or dynamodb:PREFIX, such as ` +
      `dynamodb:cnop- or dynamodb:cnop-?region=eu-west-1 (options: ${[...DYNAMODB_OPTIONS.keys()].join(', ')}).`,
  );
}

/** Describes a store for the operator. */
export function nameOfStore(settings: StoreSettings): string {
  if (settings.STORE === 'lmdb') return `embedded store ${storeFolder(settings)}`;
  const place = settings.DYNAMODB_ENDPOINT?.origin ?? settings.AWS_REGION;
  return `DynamoDB tables ${settings.DYNAMODB_TABLE_PREFIX}* at ${place}`;
}

/** Opens a store, runs a task on it and closes it. */
export async function withStore<T>(
  settings: StoreSettings,
  { readOnly }: { readonly readOnly: boolean },
  run: (store: TableStore) => Promise<T>,
): Promise<T> {
  const store = await openStore(settings, systemClock, { readOnly });
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}
