import { systemClock } from '@cnop/common/core/clock';
import type { CommandOutput } from '../data-command.ts';
import { EXIT_DIFFERENT, EXIT_DONE, progressLines, RefusedError, runDataCommand } from '../data-command.ts';
import { groupThousands } from '../terminal-text.ts';
import type { Copied, CopyOptions } from '../transfer/copy-into-store.ts';
import { importIntoStore, migrateStore } from '../transfer/copy-into-store.ts';
import { exportStore } from '../transfer/export-store.ts';
import { nameOfStore, settingsOfStore, withStore } from '../transfer/store-address.ts';

interface ResumeOption {
  readonly resume?: boolean;
}

/**
 * `cnop export`: writes a store to a file.
 * @returns the exit code: 0 done, 2 refused or interrupted
 */
export async function runExport(
  file: string,
  { from, resume = false }: ResumeOption & { readonly from?: string },
  output: CommandOutput,
): Promise<number> {
  return runDataCommand(output, async () => {
    const settings = settingsOfStore(from);
    output.printError(`Exporting the ${nameOfStore(settings)} to ${file}\n`);
    const exported = await withStore(settings, { readOnly: true }, (store) =>
      exportStore({ store, file, resume, clock: systemClock, onProgress: progressLines(output, 'exported') }),
    );
    const { items, hash, isSnapshot, resumedAt } = exported;
    if (resume) output.printError(`Continued after ${groupThousands(String(resumedAt))} items.\n`);
    output.print(`Exported ${groupThousands(String(items))} items to ${file}, content hash ${hash}.\n`);
    if (!isSnapshot) output.print(NO_SNAPSHOT);
    return EXIT_DONE;
  });
}

const NO_SNAPSHOT =
  'DynamoDB has no snapshots: what was written during the export may be missing or half there. Stop traffic for an ' +
  'exact export, or import it and run cnop verify.\n';

/**
 * `cnop import`: copies an export into a store.
 * @returns the exit code: 0 done, 1 when the contents differ, 2 refused or interrupted
 */
export async function runImport(
  file: string,
  { to, resume = false }: ResumeOption & { readonly to?: string },
  output: CommandOutput,
): Promise<number> {
  return runDataCommand(output, async () => {
    const settings = settingsOfStore(to);
    output.printError(`Importing ${file} into the ${nameOfStore(settings)}\n`);
    const copied = await withStore(settings, { readOnly: false }, (store) =>
      importIntoStore(file, copyOptions(output, { store, resume })),
    );
    return report(copied, output);
  });
}

/**
 * `cnop migrate`: copies a store into another one.
 * @returns the exit code: 0 done, 1 when the contents differ, 2 refused or interrupted
 */
export async function runMigrate(
  { from, to, resume = false }: ResumeOption & { readonly from: string; readonly to: string },
  output: CommandOutput,
): Promise<number> {
  return runDataCommand(output, async () => {
    const [source, target] = [settingsOfStore(from), settingsOfStore(to)];
    if (nameOfStore(source) === nameOfStore(target)) {
      throw new RefusedError('--from and --to are the same store. Name two stores.');
    }
    output.printError(`Copying the ${nameOfStore(source)} into the ${nameOfStore(target)}\n`);
    const copied = await withStore(source, { readOnly: true }, (reader) =>
      withStore(target, { readOnly: false }, (store) =>
        migrateStore(reader, copyOptions(output, { store, resume })),
      ),
    );
    return report(copied, output);
  });
}

function copyOptions(output: CommandOutput, given: Pick<CopyOptions, 'store' | 'resume'>): CopyOptions {
  return {
    ...given,
    clock: systemClock,
    onProgress: {
      checked: progressLines(output, 'checked'),
      copied: progressLines(output, 'copied'),
      compared: progressLines(output, 'compared'),
    },
  };
}

function report({ written, skipped, source, target }: Copied, { print }: CommandOutput): number {
  const number = (count: number): string => groupThousands(String(count));
  print(
    [
      `Wrote ${number(written)} items; ${number(skipped)} were there.`,
      `  source  ${number(source.items)} items, content hash ${source.hash}`,
      `  target  ${number(target.items)} items, content hash ${target.hash}`,
      '',
    ].join('\n'),
  );
  if (source.hash === target.hash) {
    print('The contents are equal (expired items excluded).\n');
    return EXIT_DONE;
  }
  print(
    'The contents DIFFER: the source was changed meanwhile, or the target had other data. Stop all writers and copy ' +
      'into an empty store.\n',
  );
  return EXIT_DIFFERENT;
}
