import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { openEnvironment } from './environment.ts';

/** The file of an embedded store in its folder. */
export const STORE_FILE = 'data.mdb';
/** The file with the locks of its processes; the library creates a missing one. */
export const LOCK_FILE = 'lock.mdb';
const PRIVATE_FOLDER_MODE = 0o700;
const PRIVATE_FILE_MODE = 0o600;

/**
 * Copies an embedded store as of one moment, while other processes may write to it. The copy has no unused pages.
 * @throws Error when there is no store in the folder
 * @see docs/adr/0050-copies-of-a-store.md
 */
export async function copyStore(folder: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  await withEnvironment(folder, ({ root }) => root.backup(target, true));
  // The library creates the file with the default mode of the process.
  await chmod(join(target, STORE_FILE), PRIVATE_FILE_MODE);
}

/**
 * Returns whether another process has the embedded store of a folder open and has read from it.
 * @throws Error when there is no store in the folder
 */
export async function isStoreInUse(folder: string): Promise<boolean> {
  return withEnvironment(folder, async ({ root }) => {
    root.readerCheck();
    const readers = [...root.readerList().matchAll(/^\s*(\d+)\s/gm)].map(([, pid]) => Number(pid));
    return readers.some((pid) => pid !== process.pid);
  });
}

async function withEnvironment<T>(folder: string, run: (environment: Environment) => Promise<T>): Promise<T> {
  const environment = openEnvironment(folder, { readOnly: true });
  try {
    return await run(environment);
  } finally {
    await environment.close();
  }
}
