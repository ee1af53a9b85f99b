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
/** A secret that a platform mounts belongs to somebody else and is read through our group. */
const GROUP_WRITE_OR_OTHERS_MASK = 0o037;

export interface SigningKeyFileOptions {
  readonly path: string;
  readonly clock: Clock;
}

/**
 * The signing keys of a file (a JSON Web Key Set); a missing file is created with one key, readable by its owner
 * only. Several processes may start at once: all get the keys of the one that came first.
 * @throws Error with what to do when others can read the file or it is not a key file
 */
export async function loadOrCreateSigningKeys(options: SigningKeyFileOptions): Promise<SigningKeys> {
  const existing = await readKeyFile(options.path);
  return importSigningKeys(existing ?? (await createKeyFile(options)));
}

/**
 * Adds a key to a file. It signs from `activeFrom` on; choose that so that every running process was restarted with
 * the new file before, and keep the older keys until the refresh tokens that they signed have expired.
 * @throws Error as `loadOrCreateSigningKeys`, and when the file is missing or full
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
    // A message of the JSON parser quotes the text, and the text is a private key.
    if (error instanceof SyntaxError) throw notAKeyFile(file);
    throw error;
  }
}

async function createKeyFile({ path: file, clock }: SigningKeyFileOptions): Promise<KeyFile> {
  const content = { keys: [await createSigningKey(clock.now())] };
  await mkdir(path.dirname(file), { recursive: true, mode: KEY_DIRECTORY_MODE });
  try {
    // A link, unlike a rename, fails when another process was faster.
    await writeAtomically(file, content, (temporary) => link(temporary, file));
    return content;
  } catch (error) {
    const winner = isSystemError(error, 'EEXIST') ? await readKeyFile(file) : undefined;
    if (winner) return winner;
    throw error;
  }
}

/** Writes a file beside the target and lets `publish` put it in place, so that nobody ever reads half a file. */
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
  // Windows has no such modes.
  if (userId === undefined) return;
  const forbidden = stats.uid === userId ? GROUP_OR_OTHERS_MASK : GROUP_WRITE_OR_OTHERS_MASK;
  if ((stats.mode & forbidden) === 0) return;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
  throw new Error(
    `The signing key file ${file} is open to others (mode ${mode}): whoever read it can sign in as anybody. ` +
      `Run "chmod 600 ${file}" if nobody else can have read it; else delete it, and a new one is created.`,
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
