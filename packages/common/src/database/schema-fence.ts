import { ConfigError } from '../config/read-config.ts';
import type { MonotonicClock } from '../core/clock.ts';
import { systemMonotonicClock } from '../core/clock.ts';
import {
  MAX_SCHEMA_CHECK_AGE_MILLISECONDS,
  readSchemaVersion,
  refuseNewerSchema,
  SCHEMA_CHECK_MILLISECONDS,
} from './schema-version.ts';
import { StoreUnavailableError } from './store-errors.ts';
import type { OpenStoreOptions, TableStore } from './table-store.ts';

export interface SchemaFenceOptions extends Pick<OpenStoreOptions, 'onOutdated'> {
  readonly checkMilliseconds?: number;
  readonly maxAgeMilliseconds?: number;
  readonly clock?: MonotonicClock;
}

/**
 * Stops a running instance of an older version from writing once a migration shuts its version out: its transactions fail
 * with a StoreUnavailableError (503), and it is not ready. A process that could not check for a while, for example because
 * it was suspended, checks before its next write.
 * @param store a store that was opened with a check of its schema version
 * @see docs/adr/0056-migrations-beside-old-instances.md
 */
export function fenceOutdated(
  store: TableStore,
  {
    onOutdated = () => undefined,
    checkMilliseconds = SCHEMA_CHECK_MILLISECONDS,
    maxAgeMilliseconds = MAX_SCHEMA_CHECK_AGE_MILLISECONDS,
    clock = systemMonotonicClock,
  }: SchemaFenceOptions = {},
): TableStore {
  let refusal: ConfigError | undefined;
  let checkedAt = clock.elapsedMilliseconds();
  let running: Promise<void> | undefined;

  async function check(): Promise<void> {
    const startedAt = clock.elapsedMilliseconds();
    const version = await readSchemaVersion(store);
    checkedAt = startedAt;
    try {
      refuseNewerSchema(version);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      if (!refusal) onOutdated(error);
      refusal = error;
    }
  }

  /** Concurrent writes share one check. */
  async function checkOnce(): Promise<void> {
    running ??= check().finally(() => {
      running = undefined;
    });
    return running;
  }

  // A check that fails is repeated before the next write.
  const timer = setInterval(() => void checkOnce().catch(() => undefined), checkMilliseconds).unref();
  return {
    ...store,
    async transact(reads, decide) {
      if (clock.elapsedMilliseconds() - checkedAt > maxAgeMilliseconds) await checkOnce();
      if (refusal) throw new StoreUnavailableError(refusal);
      return store.transact(reads, decide);
    },
    async ping() {
      await store.ping();
      if (refusal) throw refusal;
    },
    async close() {
      clearInterval(timer);
      await store.close();
    },
  };
}
