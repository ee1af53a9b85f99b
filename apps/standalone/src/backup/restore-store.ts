import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isStoreInUse, STORE_FILE } from '@cnop/common/database/lmdb/copy-store';
import { storeFolder } from '@cnop/common/database/open-store';
import { SCHEMA_VERSION } from '@cnop/common/database/schema-version';
import { RefusedError, syncPath } from '../data-command.ts';
import type { BackupManifest, CopyAuditOptions } from './backup-folder.ts';
import { auditCopy, digestOf, folderTime, readManifest, storeFileOf } from './backup-folder.ts';

const PRIVATE_FOLDER_MODE = 0o700;

export interface RestoreOptions extends CopyAuditOptions {
  /** The folder of a backup. */
  readonly from: string;
  readonly dataDir: string;
  /** Allows a data folder that has a store; that store is kept beside the restored one. */
  readonly replace: boolean;
}

/** A finished restore. */
export interface Restored {
  readonly folder: string;
  readonly manifest: BackupManifest;
  /** Where the former store is now. */
  readonly keptIn: string | undefined;
}

/**
 * Copies a backup into a data folder, compares its checksum and audits it, and only then puts it in place.
 * @throws RefusedError when the backup is damaged or of a later version, or the data folder has a store that is in use or
 * may not be replaced; the data folder is then unchanged
 */
export async function restoreStore({
  from,
  dataDir,
  replace,
  ...options
}: RestoreOptions): Promise<Restored> {
  const { clock } = options;
  const manifest = await readManifest(from);
  if (manifest.schema_readable_from > SCHEMA_VERSION) {
    throw new RefusedError(
      `The backup needs a platform of schema version ${manifest.schema_readable_from} or later, and this one has ` +
        `${SCHEMA_VERSION}. Restore it with a newer version.`,
    );
  }
  const folder = storeFolder({ DATA_DIR: dataDir });
  await refuseStoreInPlace(folder, replace);
  // The library takes a name with a dot for that of a file.
  const staging = `${folder}-restoring`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  try {
    await copyChecked(from, staging, manifest);
    const { violation_count } = await auditCopy(staging, options);
    if (violation_count > manifest.violations) {
      throw new RefusedError(
        `The restored copy breaks ${violation_count} rules (the backup: ${manifest.violations}). Use another backup.`,
      );
    }
    await syncPath(staging);
    // A server may have started meanwhile.
    await refuseStoreInPlace(folder, replace);
    const keptIn = existsSync(folder) ? `${folder}-replaced-${folderTime(clock)}` : undefined;
    if (keptIn !== undefined) await rename(folder, keptIn);
    await rename(staging, folder);
    await syncPath(dataDir);
    return { folder, manifest, keptIn };
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

async function refuseStoreInPlace(folder: string, replace: boolean): Promise<void> {
  if (!existsSync(join(folder, STORE_FILE))) return;
  if (await isStoreInUse(folder)) {
    throw new RefusedError(`The store in ${folder} is in use. Stop every server on it, then restore again.`);
  }
  if (!replace) {
    throw new RefusedError(
      `There is a store in ${folder}. Add --replace to put the backup in its place; the former store is kept beside it.`,
    );
  }
}

async function copyChecked(from: string, staging: string, manifest: BackupManifest): Promise<void> {
  const file = join(staging, STORE_FILE);
  await copyFile(storeFileOf(from), file).catch(() => {
    throw new RefusedError(`${from} has no ${STORE_FILE}: the backup is incomplete. Use another one.`);
  });
  const { bytes, sha256 } = await digestOf(file);
  if (bytes !== manifest.bytes || sha256 !== manifest.sha256) {
    throw new RefusedError(
      `The backup in ${from} is damaged: its file is not the one that was written (checksum). Use another backup.`,
    );
  }
  await syncPath(file);
}
