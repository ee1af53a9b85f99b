import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { isSystemError, writePrivateFile } from './private-file.ts';

const GROUP_OR_OTHERS_WRITE_MASK = 0o022;
const MAX_FILE_BYTES = 64 * 1_024;

/**
 * Keeps the latest public keys across restarts, so that a process which starts while the user service is away can verify
 * tokens. An attacker who can write to it can sign in as any user, so each adapter proves where its text comes from.
 * @see docs/security.md
 */
export interface KeyCache {
  /**
   * Returns the text written last, or undefined when there is none.
   * @throws Error when the text may come from another writer
   */
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** Creates a cache in a file of mode 0600. A file that another user of the machine could have written is refused. */
export function createFileKeyCache(file: string): KeyCache {
  return {
    async read() {
      try {
        const handle = await open(file, 'r');
        try {
          assertOwn(file, await handle.stat());
          return await handle.readFile('utf8');
        } finally {
          await handle.close();
        }
      } catch (error) {
        if (isSystemError(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
    write: (text) => writePrivateFile(file, text, 'replace'),
  };
}

function assertOwn(file: string, stats: Stats): void {
  if (!stats.isFile() || stats.size > MAX_FILE_BYTES) throw new Error(`${file} is no cache of public keys`);
  const userId = process.getuid?.();
  // Windows has no file modes.
  if (userId === undefined) return;
  if (stats.uid === userId && (stats.mode & GROUP_OR_OTHERS_WRITE_MASK) === 0) return;
  throw new Error(`other users can write to ${file}, so its public keys are not used; delete it`);
}
