import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import { isSystemError, writePrivateFile } from './private-file.ts';
import type { KeyFile, SigningKey, SigningKeys } from './signing-keys.ts';
import { createSigningKey, importSigningKeys, keyFileSchema } from './signing-keys.ts';

const GROUP_OR_OTHERS_MASK = 0o077;
/** A mounted secret may belong to another user and be readable by our group. */
const GROUP_WRITE_OR_OTHERS_MASK = 0o037;

/** The file of the signing keys cannot be used; the message is for the operator. */
export class SigningKeyFileError extends Error {
  override readonly name = 'SigningKeyFileError';
}

/** The path of a key file. */
export interface SigningKeyFileOptions {
  readonly path: string;
  readonly clock: Clock;
}

/** The interval at which a running process reads the file again. */
const POLL_MILLISECONDS = 5_000;

/** The listeners of a process that follows a key file. */
export interface FollowOptions extends SigningKeyFileOptions {
  /** Called with the ids of the keys after the file has changed. */
  readonly onReload: (keyIds: readonly string[]) => void;
  /** Called once when the file cannot be used any more; the keys stay as they are. */
  readonly onTrouble: (error: Error) => void;
  readonly pollMilliseconds?: number;
}

/** Signing keys that change with their file. */
export interface FollowedSigningKeys extends SigningKeys {
  close(): void;
}

/**
 * Loads the signing keys of a file (a JSON Web Key Set), and again whenever it changes. A missing file is created with one
 * key, readable only by its owner; processes that start at the same time get the same keys. The file is read on an
 * interval: a mounted secret is replaced by links, which watching misses.
 * @throws SigningKeyFileError that says how to fix it, when others have access to the file or it is not a key file
 */
export async function followSigningKeys(options: FollowOptions): Promise<FollowedSigningKeys> {
  const { path, onReload, onTrouble, pollMilliseconds = POLL_MILLISECONDS } = options;
  let content = (await readKeyFile(path)) ?? (await createKeyFile(options));
  let current = await importSigningKeys(content);
  let isTroubleKnown = false;
  const listeners: (() => void)[] = [];

  async function reload(): Promise<void> {
    try {
      const read = await readKeyFile(path);
      if (!read) throw new SigningKeyFileError(`There is no signing key file ${path}.`);
      isTroubleKnown = false;
      if (textOf(read) === textOf(content)) return;
      current = await importSigningKeys(read);
      content = read;
      for (const listener of listeners) listener();
      onReload(read.keys.map(({ kid }) => kid));
    } catch (error) {
      if (!isTroubleKnown) onTrouble(error instanceof Error ? error : new Error(String(error)));
      isTroubleKnown = true;
    }
  }

  let reading: Promise<void> | undefined;
  const poll = (): void => {
    // A slow read must not end after a later one.
    reading ??= reload().finally(() => {
      reading = undefined;
    });
  };
  const timer = setInterval(poll, pollMilliseconds).unref();
  return {
    signingKeyAt: (now) => current.signingKeyAt(now),
    publicKeys: () => current.publicKeys(),
    onChange: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  };
}

/**
 * Reads the keys of a file.
 * @throws SigningKeyFileError when there is no file or it cannot be used
 */
export async function readSigningKeys(file: string): Promise<KeyFile> {
  const content = await readKeyFile(file);
  if (!content) throw new SigningKeyFileError(`There is no signing key file ${file}.`);
  return content;
}

/**
 * Adds a key to a file. The key signs from `activeFrom` on; choose a time at which every verifier has it. Keep older
 * keys until the refresh tokens that they signed have expired.
 * @throws SigningKeyFileError when the file is missing, cannot be used or has 10 keys
 */
export async function addSigningKey({
  path: file,
  clock,
  activeFrom,
}: SigningKeyFileOptions & { readonly activeFrom: Date }): Promise<SigningKey> {
  const { keys } = await readSigningKeys(file);
  const key = await createSigningKey(clock.now(), activeFrom);
  const content = checkedContent({ keys: [...keys, key] }, file);
  await writePrivateFile(file, textOf(content), 'replace');
  return key;
}

/**
 * Removes keys from a file. Running processes then refuse the tokens that these keys signed.
 * @throws SigningKeyFileError when the file is missing or cannot be used, or no key would be left
 */
export async function removeSigningKeys(file: string, keyIds: ReadonlySet<string>): Promise<void> {
  const { keys } = await readSigningKeys(file);
  const content = checkedContent({ keys: keys.filter(({ kid }) => !keyIds.has(kid)) }, file);
  await writePrivateFile(file, textOf(content), 'replace');
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
  try {
    await writePrivateFile(file, textOf(content), 'keep');
    return content;
  } catch (error) {
    const winner = isSystemError(error, 'EEXIST') ? await readKeyFile(file) : undefined;
    if (winner) return winner;
    throw error;
  }
}

function assertPrivate(file: string, stats: Stats): void {
  const userId = process.getuid?.();
  // Windows has no file modes.
  if (userId === undefined) return;
  const forbidden = stats.uid === userId ? GROUP_OR_OTHERS_MASK : GROUP_WRITE_OR_OTHERS_MASK;
  if ((stats.mode & forbidden) === 0) return;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
  throw new SigningKeyFileError(
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

function notAKeyFile(file: string, problems = 'It is not JSON.'): SigningKeyFileError {
  return new SigningKeyFileError(`The signing key file ${file} cannot be used. ${problems}`);
}

function textOf(content: KeyFile): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
