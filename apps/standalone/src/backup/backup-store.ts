import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { copyStore } from '@cnop/common/database/lmdb/copy-store';
import { storeFolder } from '@cnop/common/database/open-store';
import { RefusedError, syncPath } from '../data-command.ts';
import type { BackupManifest, CopyAuditOptions } from './backup-folder.ts';
import { auditCopy, digestOf, folderTime, storeFileOf, writeManifest } from './backup-folder.ts';

const PRIVATE_FOLDER_MODE = 0o700;

export interface BackupOptions extends CopyAuditOptions {
  readonly dataDir: string;
  /** A new folder for the backup, or an existing one, in which the backup gets a folder named after the time. */
  readonly to: string;
}

/** A finished backup. */
export interface Backup extends Pick<BackupManifest, 'bytes' | 'items' | 'violations'> {
  readonly folder: string;
}

/**
 * Copies the embedded store as of one moment, also while servers write to it, and audits the copy. The folder gets its
 * name when all of it is on disk.
 * @throws RefusedError when there is no store, or the name is taken
 */
export async function backupStore({ dataDir, to, ...options }: BackupOptions): Promise<Backup> {
  const { clock } = options;
  const source = storeFolder({ DATA_DIR: dataDir });
  if (!existsSync(source))
    throw new RefusedError(`There is no store in ${source}. Name the data folder with --data-dir.`);
  const isFolder = statSync(to, { throwIfNoEntry: false })?.isDirectory() === true;
  const folder = resolve(isFolder ? join(to, `cnop-${folderTime(clock)}`) : to);
  if (existsSync(folder)) throw new RefusedError(`${folder} exists. Choose another name.`);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  const created_at = clock.now().toISOString();
  try {
    await copyStore(source, storeFolder({ DATA_DIR: partial }));
    const file = storeFileOf(partial);
    await syncPath(file);
    const audit = await auditCopy(storeFolder({ DATA_DIR: partial }), options);
    const { bytes, sha256 } = await digestOf(file);
    const counts = { bytes, items: audit.counts.items, violations: audit.violation_count };
    await writeManifest(partial, {
      created_at,
      schema_version: audit.schema.version,
      schema_readable_from: audit.schema.readableFrom,
      sha256,
      ...counts,
    });
    await syncPath(storeFolder({ DATA_DIR: partial }));
    await syncPath(partial);
    await rename(partial, folder);
    await syncPath(dirname(folder));
    return { folder, ...counts };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}
