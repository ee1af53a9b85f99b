import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** Whether an existing file is replaced, or left as it is with an EEXIST error. */
export type ExistingFile = 'replace' | 'keep';

/**
 * Writes a file that only its owner can read, and its folder, if that is missing. The text is written to a temporary file
 * next to it first, so that no process reads a partial file.
 * @throws Error with the code EEXIST when the file exists and is kept
 */
export async function writePrivateFile(file: string, text: string, existing: ExistingFile): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: DIRECTORY_MODE });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', FILE_MODE);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike a rename, a link fails when another process has created the file.
    await (existing === 'replace' ? rename : link)(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Returns whether an error is one of the operating system with the code, such as `ENOENT`. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
