import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { addSigningKey, readSigningKeys, removeSigningKeys } from '@cnop/common/auth/signing-key-file';
import type { SigningKeyState } from '@cnop/common/auth/signing-keys';
import { signingKeyStates } from '@cnop/common/auth/signing-keys';
import { refuseLooseDataFolder } from '@cnop/common/config/data-folder';
import { ConfigError, loadEnvFile, readConfig } from '@cnop/common/config/read-config';
import {
  accountSettings,
  processSettings,
  signingKeyFileOf,
  storeSettings,
} from '@cnop/common/config/settings';
import { isoTime } from '@cnop/common/core/brands';
import { addSeconds, systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { openStore } from '@cnop/common/database/open-store';
import { PLATFORM_SUBJECT } from '@cnop/common/entities/user/audit-event';
import { explainFailure } from '@cnop/common/process/explain-failure';
import { tableLines } from '../terminal-text.ts';

const MINUTE_SECONDS = 60;

const keySettings = storeSettings
  .extend({
    NODE_ENV: processSettings.shape.NODE_ENV,
    SIGNING_KEY_FILE: accountSettings.shape.SIGNING_KEY_FILE,
  })
  .superRefine(refuseLooseDataFolder);

/** Where a command writes its result, and what went wrong beside it. */
export interface Output {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** `cnop keys list`: prints the signing keys and what each does now. */
export async function runKeysList({ print }: Pick<Output, 'print'>): Promise<void> {
  loadEnvFile();
  const states = await readStates(signingKeyFileOf(readConfig(keySettings)));
  const columns = ['key', 'created', 'signs from', 'state'].map((title) => ({ title }));
  const rows = states.map((each) => [each.keyId, each.createdAt, each.activeFrom, textOf(each)]);
  print(`${tableLines(columns, rows).join('\n')}\n`);
}

/**
 * `cnop keys rotate`: adds a key, which running processes publish within seconds and sign with after the overlap.
 * @param options the time in minutes that verifiers have to learn the key
 */
export async function runKeysRotate(
  { overlap }: { readonly overlap: number },
  output: Output,
): Promise<void> {
  loadEnvFile();
  const settings = readConfig(keySettings);
  const activeFrom = addSeconds(systemClock.now(), overlap * MINUTE_SECONDS);
  const key = await addSigningKey({ path: signingKeyFileOf(settings), clock: systemClock, activeFrom });
  output.print(`Added the key ${key.kid}, which signs from ${key.active_from}.\n`);
  await recordInAuditLog(
    { action: 'rotate_signing_key', key_id: key.kid, signs_from: key.active_from },
    output,
  );
}

/** Which keys `cnop keys retire` removes. */
export interface KeysRetireOptions {
  /** The id of the key; without it, all keys whose tokens have expired. */
  readonly keyId?: string | undefined;
  /** Removes the key although its tokens have not expired; users with such tokens sign in again. */
  readonly compromised?: boolean;
}

/**
 * `cnop keys retire`: removes keys that no valid token needs, or a compromised one.
 * @throws ConfigError when there is no such key, or its tokens have not expired and it is not compromised
 */
export async function runKeysRetire(
  { keyId, compromised = false }: KeysRetireOptions,
  output: Output,
): Promise<void> {
  loadEnvFile();
  const file = signingKeyFileOf(readConfig(keySettings));
  const states = await readStates(file);
  const chosen = states.filter((each) =>
    keyId === undefined ? each.state === 'expired' : each.keyId === keyId,
  );
  if (keyId !== undefined) refuseUsedKey(keyId, chosen[0], compromised);
  if (chosen.length === states.length) {
    throw new ConfigError('This is the only key. Add another one first: cnop keys rotate --overlap 0');
  }
  if (chosen.length === 0) {
    output.print('No key to retire: valid tokens may need all of them.\n');
    return;
  }
  await removeSigningKeys(file, new Set(chosen.map((each) => each.keyId)));
  for (const each of chosen) {
    output.print(`Removed the key ${each.keyId}.\n`);
    await recordInAuditLog({ action: 'retire_signing_key', key_id: each.keyId, was: each.state }, output);
  }
}

function refuseUsedKey(keyId: string, found: SigningKeyState | undefined, compromised: boolean): void {
  if (!found) throw new ConfigError(`There is no key ${keyId}. cnop keys list shows all keys.`);
  if (found.state === 'expired' || compromised) return;
  throw new ConfigError(
    `The key ${keyId} is ${textOf(found)}. With --compromised it is removed at once, and users with tokens of it have to sign in again.`,
  );
}

async function readStates(file: string): Promise<SigningKeyState[]> {
  return signingKeyStates(await readSigningKeys(file), systemClock.now());
}

function textOf({ state, expiresAt }: SigningKeyState): string {
  return state === 'verifying' && expiresAt ? `verifying until ${isoTime(expiresAt)}` : state;
}

/** Records a change of the keys. It has happened even when the store is not available to this command. */
async function recordInAuditLog(
  detail: Readonly<Record<string, string>>,
  { printError }: Output,
): Promise<void> {
  try {
    const store = await openStore(readConfig(keySettings), systemClock);
    try {
      const audit = createAuditLogger({ store, clock: systemClock, ids: systemIds });
      await audit.record({ type: 'admin_action', username: PLATFORM_SUBJECT, detail });
    } finally {
      await store.close();
    }
  } catch (error) {
    printError(`The audit log does not have this change: ${explainFailure(error)}\n`);
  }
}
