import type { StoreSettings } from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { backupStore } from '../backup/backup-store.ts';
import { restoreStore } from '../backup/restore-store.ts';
import type { CommandOutput } from '../data-command.ts';
import { EXIT_DIFFERENT, EXIT_DONE, progressLines, RefusedError, runDataCommand } from '../data-command.ts';
import { groupThousands } from '../terminal-text.ts';
import { settingsOfStore } from '../transfer/store-address.ts';

interface DataFolder {
  /** The data folder, instead of DATA_DIR. */
  readonly dataDir?: string;
}

/**
 * `cnop backup`: copies the embedded store, also beside a running server, and audits the copy.
 * @returns the exit code: 0 done, 1 the copy breaks a rule, as its source does, 2 refused
 */
export async function runBackup(
  { to, dataDir }: DataFolder & { readonly to: string },
  output: CommandOutput,
): Promise<number> {
  return runDataCommand(output, async () => {
    const settings = embeddedSettings(dataDir);
    output.printError(`Copying the store in ${settings.DATA_DIR}, then auditing the copy\n`);
    const { folder, bytes, items, violations } = await backupStore({
      dataDir: settings.DATA_DIR,
      to,
      clock: systemClock,
      onProgress: progressLines(output, 'audited'),
    });
    output.print(
      `Backed up ${groupThousands(String(items))} items (${groupThousands(String(bytes))} bytes) to ${folder}\n`,
    );
    output.print(`Restore it with: cnop restore --from ${folder}\n`);
    if (violations === 0) return EXIT_DONE;
    output.printError(`The store breaks ${violations} rules: run cnop verify --data-dir ${folder}\n`);
    return EXIT_DIFFERENT;
  });
}

/**
 * `cnop restore`: checks a backup and puts it in place.
 * @returns the exit code: 0 done, 2 refused, and the data folder is unchanged
 */
export async function runRestore(
  options: DataFolder & { readonly from: string; readonly replace?: boolean },
  output: CommandOutput,
): Promise<number> {
  return runDataCommand(output, async () => {
    const { from, replace = false } = options;
    const settings = embeddedSettings(options.dataDir);
    output.printError(`Copying ${from} to ${settings.DATA_DIR}, then auditing the copy\n`);
    const restored = await restoreStore({
      from,
      dataDir: settings.DATA_DIR,
      replace,
      clock: systemClock,
      onProgress: progressLines(output, 'audited'),
    });
    const { folder, manifest, keptIn } = restored;
    output.print(
      `Restored ${groupThousands(String(manifest.items))} items of ${manifest.created_at} to ${folder}; checksum and audit agree.\n`,
    );
    if (keptIn !== undefined)
      output.print(`The former store is in ${keptIn}. Delete it when you are sure.\n`);
    return EXIT_DONE;
  });
}

function embeddedSettings(dataDir: string | undefined): StoreSettings {
  const settings = settingsOfStore(dataDir === undefined ? undefined : `lmdb:${dataDir}`);
  if (settings.STORE === 'lmdb') return settings;
  throw new RefusedError(
    'Backups are of the embedded store. For DynamoDB use point-in-time recovery (docs/operating/backup-and-migration.md) ' +
      'or cnop export.',
  );
}
