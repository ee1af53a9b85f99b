import { ConfigError } from '../config/read-config.ts';
import type { ItemKey, TableStore } from './table-store.ts';
import { KEYS } from './tables.ts';

// The database layer reads this one item itself, so that no process works on data that it does not understand.

/** The version of the stored data that this code writes: that of the last migration. */
export const SCHEMA_VERSION = 3;
/** Stores of versions that recorded none. */
const UNRECORDED_VERSION = 1;

/** The interval at which an instance checks that it may still work on its store. */
export const SCHEMA_CHECK_MILLISECONDS = 15_000;
/** The age of the last check from which on an instance checks again before it writes. */
export const MAX_SCHEMA_CHECK_AGE_MILLISECONDS = 20_000;
/**
 * The time after which no instance of a version that was shut out writes any more: the age of a check, and the deadline of
 * the last write.
 */
export const SCHEMA_FENCE_MILLISECONDS = 35_000;

/** The key of the item with the schema version of a store. */
export const SCHEMA_KEY: ItemKey = { table: 'users', ...KEYS.users.schema };

/** The schema version of a store, and the oldest schema version whose code can work on it. */
export interface SchemaVersion {
  readonly version: number;
  readonly readableFrom: number;
}

/** Returns the schema version of a store; 1 for a store that has recorded none. */
export async function readSchemaVersion(store: Pick<TableStore, 'get'>): Promise<SchemaVersion> {
  const attributes = (await store.get(SCHEMA_KEY))?.attributes;
  return {
    version: Number(attributes?.['schema_version'] ?? UNRECORDED_VERSION),
    readableFrom: Number(attributes?.['readable_from'] ?? UNRECORDED_VERSION),
  };
}

/**
 * Refuses data that only later versions of the platform understand.
 * @throws ConfigError that says what to do
 */
export function refuseNewerSchema({ version, readableFrom }: SchemaVersion): void {
  if (readableFrom <= SCHEMA_VERSION) return;
  throw new ConfigError(
    `the store has schema version ${version}, which needs a platform of schema version ${readableFrom} or later, and ` +
      `this one has ${SCHEMA_VERSION}: start the newer version of the platform, or restore a backup from before the migration`,
  );
}
