import type { Command } from 'commander';
import type { CommandOutput } from '../data-command.ts';

const STORES = `
A store is lmdb:FOLDER (a data folder) or dynamodb:PREFIX (the prefix of the tables), with ?region=, &endpoint= or &role=
where they differ from the environment. Without one, the settings of the environment name the store.`;

const EXIT_CODES = `
Exit code: 0 done, 1 the copy is not equal, 2 nothing was done or the work was interrupted; the message says what to do.`;

const BACKUP_EXIT_CODES = `
Exit code: 0 done, 1 the backup is complete, but its store breaks a rule (see cnop verify), 2 nothing was done; the message
says what to do.`;

const RESTORE_EXIT_CODES = `
Exit code: 0 done, 2 nothing was changed; the message says what to do.`;

/** Adds the commands that copy, restore and migrate data. */
export function addDataCommands(program: Command, output: CommandOutput): void {
  addTransferCommands(program, output);
  addBackupCommands(program, output);
  program
    .command('migrate-schema')
    .description(
      'bring the data of a store to the schema version of this platform, also beside running servers',
    )
    .option('--store <store>', 'the store to change')
    .option('--dry-run', 'only list what would be done')
    .addHelpText('after', `${STORES}\n\nExample:\n  $ cnop migrate-schema --store dynamodb:cnop- --dry-run`)
    .action(async (options: { readonly store?: string; readonly dryRun?: boolean }) => {
      const { runMigrateSchema } = await import('./migrate-schema.ts');
      process.exitCode = await runMigrateSchema(options, output);
    });
}

function addTransferCommands(program: Command, output: CommandOutput): void {
  program
    .command('export')
    .description('write a store to a file of JSON lines; compressed when its name ends in .gz')
    .argument('<file>', 'a new file, such as store.jsonl.gz')
    .option('--from <store>', 'the store to read')
    .option('--resume', 'continue an interrupted export')
    .addHelpText(
      'after',
      `${STORES}\n${EXIT_CODES}\n\nExample:\n  $ cnop export store.jsonl.gz --from lmdb:./data`,
    )
    .action(async (file: string, options: { readonly from?: string; readonly resume?: boolean }) => {
      const { runExport } = await import('./transfer.ts');
      process.exitCode = await runExport(file, options, output);
    });

  program
    .command('import')
    .description('check a file of cnop export and copy it into an empty store')
    .argument('<file>')
    .option('--to <store>', 'the store to write')
    .option('--resume', 'continue an interrupted import: items that are there are skipped')
    .addHelpText(
      'after',
      `${STORES}\n${EXIT_CODES}\n\nExample:\n  $ cnop import store.jsonl.gz --to dynamodb:cnop-`,
    )
    .action(async (file: string, options: { readonly to?: string; readonly resume?: boolean }) => {
      const { runImport } = await import('./transfer.ts');
      process.exitCode = await runImport(file, options, output);
    });

  program
    .command('migrate')
    .description('copy a store into another, empty one and compare their contents')
    .requiredOption('--from <store>', 'the store to read')
    .requiredOption('--to <store>', 'the store to write')
    .option('--resume', 'continue an interrupted copy: items that are there are skipped')
    .addHelpText(
      'after',
      `${STORES}\n${EXIT_CODES}\n\nExample:\n  $ cnop migrate --from lmdb:./data --to 'dynamodb:cnop-?region=eu-west-1'`,
    )
    .action(async (options: { readonly from: string; readonly to: string; readonly resume?: boolean }) => {
      const { runMigrate } = await import('./transfer.ts');
      process.exitCode = await runMigrate(options, output);
    });
}

function addBackupCommands(program: Command, output: CommandOutput): void {
  program
    .command('backup')
    .description('copy the embedded store, also beside a running server, and audit the copy')
    .requiredOption('--to <folder>', 'a new folder, or an existing one in which the backup gets its own')
    .option('--data-dir <folder>', 'data folder, instead of DATA_DIR')
    .addHelpText('after', `${BACKUP_EXIT_CODES}\n\nExample:\n  $ cnop backup --to /backups`)
    .action(async (options: { readonly to: string; readonly dataDir?: string }) => {
      const { runBackup } = await import('./backup.ts');
      process.exitCode = await runBackup(options, output);
    });

  program
    .command('restore')
    .description('check a backup (checksum and audit) and put it in place; stop the servers first')
    .requiredOption('--from <folder>', 'folder of the backup')
    .option('--data-dir <folder>', 'data folder, instead of DATA_DIR')
    .option('--replace', 'put it in the place of a store with data, which is kept beside it')
    .addHelpText(
      'after',
      `${RESTORE_EXIT_CODES}\n\nExample:\n  $ cnop restore --from /backups/cnop-2026-11-30T20-13-37-123Z`,
    )
    .action(
      async (options: { readonly from: string; readonly dataDir?: string; readonly replace?: boolean }) => {
        const { runRestore } = await import('./backup.ts');
        process.exitCode = await runRestore(options, output);
      },
    );
}
