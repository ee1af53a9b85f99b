import { setTimeout as wait } from 'node:timers/promises';
import type { CancelOrdersDeps } from '../accounts/cancel-open-orders.ts';
import { isoTime } from '../core/brands.ts';
import type { StoredSchemaVersion } from '../dao/schema/schema-dao.ts';
import { schemaVersionRecord } from '../dao/schema/schema-dao.ts';
import { SCHEMA_FENCE_MILLISECONDS } from '../database/schema-version.ts';
import type { Item, ItemKey } from '../database/table-store.ts';
import type { Migration } from './migrations.ts';
import { MIGRATIONS } from './migrations.ts';

/** The items after which the progress is stored. */
const BATCH_ITEMS = 5_000;

/** The progress of a running migration. */
export interface MigrationProgress {
  readonly migration: Migration;
  /** The items read by this run, and those of them that it changed. */
  readonly read: number;
  readonly changed: number;
}

export interface MigrateOptions {
  readonly migrations?: readonly Migration[];
  readonly batchItems?: number;
  /** The time in which instances of an earlier version notice that they must stop writing. */
  readonly fenceMilliseconds?: number;
  /** Called after each batch and at the end of each migration. */
  readonly onProgress?: (progress: MigrationProgress) => void;
}

const NO_VERSION = { schema_version: 1, readable_from: 1, running: null };

/**
 * Brings the data of a store to the schema version of this code. It may be interrupted at any time and run by several
 * processes at once. Servers of this version go on working meanwhile, and so do those of the version before, unless a
 * migration keeps them away: it then waits until they have stopped writing.
 * @returns the number of changed items
 */
export async function migrateSchema(deps: CancelOrdersDeps, options: MigrateOptions = {}): Promise<number> {
  const { migrations = MIGRATIONS, batchItems = BATCH_ITEMS, onProgress = () => undefined } = options;
  let changed = 0;
  let readableFrom = NO_VERSION.readable_from;
  for (const migration of migrations) {
    const keepsOldAway = migration.readableFrom > readableFrom;
    readableFrom = migration.readableFrom;
    const stored = schemaVersionRecord.readIfPresent(await deps.store.get(schemaVersionRecord.key({})));
    const { schema_version, running } = stored ?? NO_VERSION;
    if (schema_version >= migration.version) continue;
    if (keepsOldAway) {
      await record(deps, migration, {});
      await wait(options.fenceMilliseconds ?? SCHEMA_FENCE_MILLISECONDS);
    }
    const after = running?.version === migration.version ? running.after : undefined;
    const startKey = after && { table: migration.table, ...after };
    changed += await run(deps, migration, { after: startKey, batchItems, onProgress });
    await record(deps, migration, { schema_version: migration.version, running: null });
  }
  return changed;
}

interface Run extends Required<Pick<MigrateOptions, 'batchItems' | 'onProgress'>> {
  readonly after: ItemKey | undefined;
}

async function run(deps: CancelOrdersDeps, migration: Migration, options: Run): Promise<number> {
  const { after, batchItems, onProgress } = options;
  let batch: Item[] = [];
  let read = 0;
  let changed = 0;
  const changeBatch = async (): Promise<void> => {
    for (const item of batch) {
      if (migration.concerns(item) && (await migration.change(deps, item))) changed += 1;
    }
    read += batch.length;
    onProgress({ migration, read, changed });
    batch = [];
  };
  for await (const item of deps.store.scan(migration.table, after)) {
    batch.push(item);
    if (batch.length < batchItems) continue;
    await changeBatch();
    const { pk, sk } = item.key;
    await record(deps, migration, { running: { version: migration.version, after: { pk, sk } } });
  }
  await changeBatch();
  return changed;
}

/** Stores the progress of a migration, and who may work on the data, unless another process has completed it. */
async function record(
  { store, clock }: CancelOrdersDeps,
  migration: Migration,
  progress: Partial<Pick<StoredSchemaVersion, 'running' | 'schema_version'>>,
): Promise<void> {
  const updated_at = isoTime(clock.now());
  await store.transact({ schema: schemaVersionRecord.key({}) }, ({ schema: item }) => {
    const before = schemaVersionRecord.readIfPresent(item) ?? { ...NO_VERSION, updated_at };
    if (before.schema_version >= migration.version) return { writes: [], result: undefined };
    const readable_from = Math.max(before.readable_from, migration.readableFrom);
    return {
      writes: [schemaVersionRecord.replace({ ...before, readable_from, updated_at, ...progress })],
      result: undefined,
    };
  });
}
