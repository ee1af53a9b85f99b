import type { Stats } from 'node:fs';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';

const GROUP_OR_OTHERS_MASK = 0o077;
const MODE_MASK = 0o777;
/** The subfolders of DATA_DIR that the platform writes to. */
const OWN_FOLDERS = ['store', 'keys'];
const MAX_NAMED_FILES = 3;

/**
 * Returns a message when the group or others have access to the data folder: which paths, and how to fix it. Returns
 * undefined when they have none. A missing folder is created with mode 0700, its files with 0600.
 */
export function looseDataFolder(dataDir: string): string | undefined {
  // Windows has no file modes.
  if (process.getuid === undefined) return undefined;
  const loose = ownPathsOf(dataDir).flatMap((path) => {
    const mode = (statOf(path)?.mode ?? 0) & MODE_MASK;
    return (mode & GROUP_OR_OTHERS_MASK) === 0 ? [] : [`${path} (mode ${mode.toString(8).padStart(4, '0')})`];
  });
  if (loose.length === 0) return undefined;
  const more = loose.length > MAX_NAMED_FILES ? ` and ${loose.length - MAX_NAMED_FILES} more` : '';
  return (
    `${loose.slice(0, MAX_NAMED_FILES).join(', ')}${more} can be read by other users of this machine: ` +
    `run "chmod -R go-rwx ${dataDir}"`
  );
}

/**
 * Refuses a data folder in production that other users of the machine have access to. Use it as a zod `superRefine`: it
 * adds an issue to `context`.
 */
export function refuseLooseDataFolder(
  settings: { readonly NODE_ENV: string; readonly STORE: string; readonly DATA_DIR: string },
  context: z.RefinementCtx,
): void {
  if (settings.NODE_ENV !== 'production' || settings.STORE !== 'lmdb') return;
  const message = looseDataFolder(settings.DATA_DIR);
  if (message !== undefined) context.addIssue({ code: 'custom', path: ['DATA_DIR'], message });
}

/** Logs a warning when other users of the machine have access to the data folder. */
export function warnOfLooseDataFolder(
  { STORE, DATA_DIR }: { readonly STORE: string; readonly DATA_DIR: string },
  logger: { warn(message: string): void },
): void {
  const message = STORE === 'lmdb' ? looseDataFolder(DATA_DIR) : undefined;
  if (message !== undefined) logger.warn(message);
}

function ownPathsOf(dataDir: string): string[] {
  const own = OWN_FOLDERS.map((name) => join(dataDir, name)).filter((path) => statOf(path)?.isDirectory());
  return [dataDir, ...own, ...own.flatMap((path) => readdirSync(path).map((name) => join(path, name)))];
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
