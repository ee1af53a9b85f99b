import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ValidationError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { User } from '../entities/user/user.ts';
import { MIN_PASSWORD_LENGTH, normalizePassword } from '../entities/user/user.ts';

/** The number of most frequent passwords that are also refused with signs and digits around them. */
const COMMON_CORES = 5_000;
/** A word of the user of at least this length may not be in a password; a shorter one may be in a long password. */
const LONG_OWN_WORD_LENGTH = 5;
const MIN_OWN_WORD_LENGTH = 3;
/** Letters and digits that a password needs besides the short words of its user. */
const MIN_OTHER_CHARACTERS = 8;
/** The letters that signs and digits stand for. */
const WRITTEN_FOR: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** The user who chooses a password. */
export type PasswordOwner = Pick<User, 'username' | 'email' | 'first_name' | 'last_name'>;

/** The reason why a password is easy to guess. */
export interface PasswordFault {
  readonly code: 'common_password' | 'own_name_in_password';
  readonly message: string;
}

/** The common passwords that a new password may equal or contain, in lower case. */
export interface CommonPasswords {
  /** Those that are long enough for a new password. */
  readonly long: ReadonlySet<string>;
  /** The most frequent ones, of any length. */
  readonly mostCommon: ReadonlySet<string>;
}

const passwordListSchema = z.array(z.string());

let loading: Promise<CommonPasswords> | undefined;

/** Loads the lists of common passwords at first use; most processes never need them. */
export function loadCommonPasswords(): Promise<CommonPasswords> {
  loading ??= readCommonPasswords();
  return loading;
}

/**
 * Reads the file of the package, most frequent passwords first. An import would keep all 49,000 in memory, of which 5,300
 * can matter.
 */
async function readCommonPasswords(): Promise<CommonPasswords> {
  const path = createRequire(import.meta.url).resolve('@zxcvbn-ts/language-common/src/passwords.json');
  const all = passwordListSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const long = all.filter((password) => password.length >= MIN_PASSWORD_LENGTH);
  return { long: lowerCaseSet(long), mostCommon: lowerCaseSet(all.slice(0, COMMON_CORES)) };
}

const lowerCaseSet = (words: readonly string[]) => new Set(words.map((word) => word.toLowerCase()));

/**
 * Refuses a new password that is easy to guess.
 * @param field field of the request with the password
 * @throws ValidationError (422) on that field
 */
export async function assertHardToGuess(
  password: string,
  { field, owner }: { readonly field: string; readonly owner: PasswordOwner },
): Promise<void> {
  const fault = passwordFault(password, owner, await loadCommonPasswords());
  if (fault) throw ValidationError.ofField(field, fault.message, fault.code);
}

/**
 * Returns why a new password is easy to guess, or undefined. Does not check its length or characters: `newPasswordSchema`
 * does.
 */
export function passwordFault(
  password: string,
  owner: PasswordOwner,
  common: CommonPasswords,
): PasswordFault | undefined {
  const folded = fold(password);
  if (common.long.has(folded) || coresOf(folded).some((core) => common.mostCommon.has(core))) {
    return {
      code: 'common_password',
      message: 'This is among the most common passwords. Choose another one.',
    };
  }
  if (hasOwnWords(folded, owner)) {
    return { code: 'own_name_in_password', message: 'Leave your name, username and e-mail out of it.' };
  }
  return undefined;
}

const fold = (text: string): string => normalizePassword(text).toLowerCase();
const lettersAndDigits = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]/gu, '');

/**
 * Returns the core of `P@ssw0rd-2026!` without the signs and digits around it: as written, and with letters for signs.
 */
function coresOf(folded: string): string[] {
  const core = folded.replaceAll(/^\P{L}+|\P{L}+$/gu, '');
  return [core, core.replaceAll(/[013457@$!]/g, (sign) => WRITTEN_FOR[sign] ?? sign)];
}

function hasOwnWords(folded: string, owner: PasswordOwner): boolean {
  const words = ownWords(owner);
  const text = lettersAndDigits(folded);
  if (words.some((word) => word.length >= LONG_OWN_WORD_LENGTH && text.includes(word))) return true;
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), text);
  return rest !== text && rest.length < MIN_OTHER_CHARACTERS;
}

/** Returns the words of a user, longest first, so that a word is removed before its parts. */
function ownWords({ username, email, first_name, last_name }: PasswordOwner): string[] {
  const localPart = email.slice(0, email.lastIndexOf('@'));
  const names = [first_name, last_name].flatMap((name) => [name, ...name.split(/[^\p{L}\p{M}]+/u)]);
  const words = [username, email, localPart, ...names];
  const folded = words.map((word) => lettersAndDigits(fold(word)));
  const long = folded.filter((word) => word.length >= MIN_OWN_WORD_LENGTH && !/^\d+$/.test(word));
  return [...new Set(long)].toSorted((one, other) => other.length - one.length);
}
