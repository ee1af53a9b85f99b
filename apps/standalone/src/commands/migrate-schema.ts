import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { readSchemaVersion, SCHEMA_VERSION } from '@cnop/common/database/schema-version';
import { migrateSchema } from '@cnop/common/schema/migrate-schema';
import { MIGRATIONS } from '@cnop/common/schema/migrations';
import type { CommandOutput } from '../data-command.ts';
import { EXIT_DONE, progressLines, runDataCommand } from '../data-command.ts';
import { groupThousands } from '../terminal-text.ts';
import { nameOfStore, settingsOfStore, withStore } from '../transfer/store-address.ts';

export interface MigrateSchemaOptions {
  /** The address of the store, instead of that of the settings. */
  readonly store?: string;
  /** Only lists the migrations that are due. */
  readonly dryRun?: boolean;
}

/**
 * `cnop migrate-schema`: brings the data of a store to the schema version of this code, also beside running servers.
 * @returns the exit code: 0 done, 2 refused or interrupted
 */
export async function runMigrateSchema(
  { store: address, dryRun = false }: MigrateSchemaOptions,
  output: CommandOutput,
): Promise<number> {
  const { print } = output;
  return runDataCommand(output, async () => {
    const settings = settingsOfStore(address);
    await withStore(settings, { readOnly: dryRun }, async (store) => {
      const { version } = await readSchemaVersion(store);
      print(
        `Schema version of the ${nameOfStore(settings)}: ${version}; of this platform: ${SCHEMA_VERSION}.\n`,
      );
      const due = MIGRATIONS.filter((migration) => migration.version > version);
      for (const migration of due) print(`  ${migration.version} ${migration.name}: ${migration.what}\n`);
      if (due.length === 0) print('Nothing to migrate.\n');
      if (dryRun || due.length === 0) return;
      const progress = progressLines(output, 'read');
      const deps = { store, clock: systemClock, ids: systemIds };
      const changed = await migrateSchema(deps, { onProgress: ({ read }) => progress(read) });
      print(
        `Migrated to schema version ${SCHEMA_VERSION}: ${groupThousands(String(changed))} items changed.\n`,
      );
    });
    return EXIT_DONE;
  });
}
