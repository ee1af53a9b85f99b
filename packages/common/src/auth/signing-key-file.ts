import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { KeyFile, SigningKey, SigningKeys } from './signing-keys.ts';
import { createSigningKey, importSigningKeys, keyFileSchema } from './signing-keys.ts';

const KEY_FILE_MODE = 0o600;
const KEY_DIRECTORY_MODE = 0o700;
const GROUP_OR_OTHERS_MASK = 0o077;
/** A mounted secret may belong to another user and be readable by our group. */
const GROUP_WRITE_OR_OTHERS_MASK = 0o037;

/** The path of a key file. */
export interface SigningKeyFileOptions {
  readonly path: string;
  readonly clock: Clock;
}

/**
 * Loads the signing keys of a file (a JSON Web Key Set). A missing file is created with one key, readable only by its
 * owner. Processes that start at the same time get the same keys.
 * @throws Error that says how to fix it, when others have access to the file or it is not a key file
 */
export async function loadOrCreateSigningKeys(options: SigningKeyFileOptions): Promise<SigningKeys> {
  const existing = await readKeyFile(options.path);
  return importSigningKeys(existing ?? (await createKeyFile(options)));
}

/**
 * Adds a key to a file. The key signs from `activeFrom` on; choose a time after every running process has restarted
 * with the new file. Keep older keys until the refresh tokens that they signed have expired.
 * @throws Error as `loadOrCreateSigningKeys`, and when the file is missing or has 10 keys
 */
export async function addSigningKey({
  path: file,
  clock,
  activeFrom,
}: SigningKeyFileOptions & { readonly activeFrom: Date }): Promise<SigningKey> {
  const existing = await readKeyFile(file);
  if (!existing) throw new Error(`There is no signing key file ${file} to add a key to.`);
  const key = await createSigningKey(clock.now(), activeFrom);
  const content = checkedContent({ keys: [...existing.keys, key] }, file);
  await writeAtomically(file, content, (temporary) => rename(temporary, file));
  return key;
}

async function readKeyFile(file: string): Promise<KeyFile | undefined> {
  try {
    assertPrivate(file, await stat(file));
    return checkedContent(JSON.parse(await readFile(file, 'utf8')), file);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    // The message of the JSON parser quotes the text, which is a private key.
    if (error instanceof SyntaxError) throw notAKeyFile(file);
    throw error;
  }
}

async function createKeyFile({ path: file, clock }: SigningKeyFileOptions): Promise<KeyFile> {
  const content = { keys: [await createSigningKey(clock.now())] };
  await mkdir(path.dirname(file), { recursive: true, mode: KEY_DIRECTORY_MODE });
  try {
    // Unlike a rename, a link fails when another process has created the file.
    await writeAtomically(file, content, (temporary) => link(temporary, file));
    return content;
  } catch (error) {
    const winner = isSystemError(error, 'EEXIST') ? await readKeyFile(file) : undefined;
    if (winner) return winner;
    throw error;
  }
}

/** Writes a temporary file next to the target, then `publish` moves it, so that no process reads a partial file. */
async function writeAtomically(
  file: string,
  content: KeyFile,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', KEY_FILE_MODE);
    try {
      await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await publish(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}

function assertPrivate(file: string, stats: Stats): void {
  const userId = process.getuid?.();
  // Windows has no file modes.
  if (userId === undefined) return;
  const forbidden = stats.uid === userId ? GROUP_OR_OTHERS_MASK : GROUP_WRITE_OR_OTHERS_MASK;
  if ((stats.mode & forbidden) === 0) return;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
  throw new Error(
    `Other users have access to the signing key file ${file} (mode ${mode}). ` +
      `Its keys allow signing in as any user. If no one else has read it, run "chmod 600 ${file}". ` +
      `Otherwise delete it: a new one is created.`,
  );
}

function checkedContent(content: unknown, file: string): KeyFile {
  const parsed = keyFileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw notAKeyFile(file, problems.join(' '));
}

function notAKeyFile(file: string, problems = 'It is not JSON.'): Error {
  return new Error(`The signing key file ${file} cannot be used. ${problems}`);
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
