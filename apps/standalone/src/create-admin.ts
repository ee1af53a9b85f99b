import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { loadCommonPasswords, passwordFault } from '@cnop/common/auth/password-choice';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import { ConfigError } from '@cnop/common/config/read-config';
import type { Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { User } from '@cnop/common/entities/user/user';
import { newPasswordSchema } from '@cnop/common/entities/user/user';

const GENERATED_PASSWORD_BYTES = 18;
/** One character of each required kind, since the random part may lack one. */
const GENERATED_PASSWORD_SUFFIX = '-Aa1';
const PRIVATE_FOLDER_MODE = 0o700;
const PRIVATE_FILE_MODE = 0o600;
const NAMES = { first_name: 'Platform', last_name: 'Administrator' } as const;

export interface CreateAdminDeps {
  readonly store: TableStore;
  readonly passwords: PasswordManager;
  readonly clock: Clock;
}

export interface NewAdmin {
  readonly username: Username;
  readonly email: string;
  /** ADMIN_PASSWORD; without it a password is generated. */
  readonly password: string | undefined;
  readonly NODE_ENV: string;
  readonly DATA_DIR: string;
}

/** The way in which the operator gets the password of a new administrator. */
export type PasswordDelivery =
  /** The operator has set it. */
  | { readonly kind: 'known' }
  /** Generated, to be printed once. */
  | { readonly kind: 'shown'; readonly password: string }
  /** Generated and written to a file that only its owner can read. */
  | { readonly kind: 'file'; readonly file: string };

/** Generates a random password that the rules of passwords accept. */
export function generatePassword(): string {
  return randomBytes(GENERATED_PASSWORD_BYTES).toString('base64url') + GENERATED_PASSWORD_SUFFIX;
}

/**
 * Creates an administrator with an audit event of the role, in one commit. A generated password is returned for printing;
 * in production, where standard output is often kept in logs, it is written to a file that only its owner can read.
 * @throws AlreadyExistsError (409) when the username or the e-mail is taken
 * @throws ZodError when the password breaks the rules of passwords
 * @throws ConfigError when the password is easy to guess, in production
 */
export async function createAdmin(deps: CreateAdminDeps, admin: NewAdmin): Promise<PasswordDelivery> {
  const { username, password: given, NODE_ENV, DATA_DIR } = admin;
  const isProduction = NODE_ENV === 'production';
  if (given !== undefined) {
    if (isProduction) await refuseEasyPassword(given, admin);
    await storeAdmin(deps, admin, given);
    return { kind: 'known' };
  }
  const password = generatePassword();
  if (!isProduction) {
    await storeAdmin(deps, admin, password);
    return { kind: 'shown', password };
  }
  const file = path.join(DATA_DIR, `password-of-${username}`);
  const unfinished = `${file}.new`;
  await writePrivately(unfinished, `${password}\n`);
  await storeAdmin(deps, admin, password).catch(async (error: unknown) => {
    await rm(unfinished, { force: true });
    throw error;
  });
  await rename(unfinished, file);
  return { kind: 'file', file };
}

async function refuseEasyPassword(password: string, admin: NewAdmin): Promise<void> {
  const fault = passwordFault(password, { ...NAMES, ...admin }, await loadCommonPasswords());
  if (fault) throw new ConfigError(`These settings need attention:\n  ADMIN_PASSWORD: ${fault.message}`);
}

async function storeAdmin(
  { store, passwords, clock }: CreateAdminDeps,
  { username, email }: NewAdmin,
  password: string,
): Promise<void> {
  const at = isoTime(clock.now());
  const user: User = {
    username,
    email,
    password_hash: await passwords.hash(newPasswordSchema.parse(password)),
    ...NAMES,
    phone: null,
    date_of_birth: null,
    marketing_emails_consent: false,
    role: 'admin',
    status: 'active',
    tier: 'standard',
    created_at: at,
    updated_at: at,
    last_login: null,
  };
  const audit = createAuditLogger({ store, clock, ids: systemIds });
  // No actor: the operator of the machine has no username.
  const event = audit.eventOf({
    type: 'role_change',
    username,
    detail: { created_by: 'cnop' },
    changes: [{ field: 'role', before: null, after: user.role }],
  });
  await createUserDao(store).createUser(user, [
    balanceRecord.create(emptyBalance(username, at)),
    audit.writeFor(event),
  ]);
}

/** Replaces a file by one that only its owner can read, and flushes it to disk. */
async function writePrivately(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: PRIVATE_FOLDER_MODE });
  await rm(file, { force: true });
  const handle = await open(file, 'wx', PRIVATE_FILE_MODE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
