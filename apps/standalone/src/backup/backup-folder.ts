import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Clock } from '@cnop/common/core/clock';
import { LOCK_FILE, STORE_FILE } from '@cnop/common/database/lmdb/copy-store';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { SchemaVersion } from '@cnop/common/database/schema-version';
import { readSchemaVersion } from '@cnop/common/database/schema-version';
import { z } from 'zod';
import { RefusedError } from '../data-command.ts';
import type { AuditOptions, AuditReport } from '../verify/audit-store.ts';
import { verifyStore } from '../verify/audit-store.ts';

// A backup is a data folder: `store/` has a copy of the embedded store, `backup.json` says what it has to be.

const MANIFEST_FILE = 'backup.json';
const PRIVATE_FILE_MODE = 0o600;

const manifestSchema = z.object({
  format: z.literal('cnop-backup'),
  format_version: z.literal(1),
  created_at: z.iso.datetime(),
  schema_version: z.int(),
  schema_readable_from: z.int(),
  /** The size and the SHA-256 of the file of the store. */
  bytes: z.int(),
  sha256: z.string(),
  items: z.int(),
  /** Violations that the audit found: 0, unless the store was broken before. */
  violations: z.int(),
});
export type BackupManifest = z.infer<typeof manifestSchema>;

/** Returns the path of the file of the store in a folder of a backup. */
export function storeFileOf(backup: string): string {
  return join(backup, 'store', STORE_FILE);
}

/**
 * Reads the manifest of a backup.
 * @throws RefusedError when the folder is no backup of this version
 */
export async function readManifest(backup: string): Promise<BackupManifest> {
  const text = await readFile(join(backup, MANIFEST_FILE), 'utf8').catch(() => {
    throw new RefusedError(
      `${backup} is not a complete backup: it has no ${MANIFEST_FILE}. Name the folder that cnop backup printed.`,
    );
  });
  const parsed = manifestSchema.safeParse(jsonOf(text));
  if (!parsed.success)
    throw new RefusedError(`${MANIFEST_FILE} of ${backup} is damaged. Use another backup.`);
  return parsed.data;
}

/** Writes the manifest of a backup to the disk. */
export async function writeManifest(
  backup: string,
  manifest: Omit<BackupManifest, 'format' | 'format_version'>,
): Promise<void> {
  const content: BackupManifest = { format: 'cnop-backup', format_version: 1, ...manifest };
  await writeFile(join(backup, MANIFEST_FILE), `${JSON.stringify(content, null, 2)}\n`, {
    mode: PRIVATE_FILE_MODE,
    flush: true,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The size of a file and its SHA-256. */
export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/** Returns the digest of a file. */
export async function digestOf(path: string): Promise<FileDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = createReadStream(path);
  stream.on('data', (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  await finished(stream);
  return { bytes, sha256: hash.digest('hex') };
}

/** The clock of an audit of a copy, and its progress. */
export type CopyAuditOptions = Pick<AuditOptions, 'onProgress'> & { readonly clock: Clock };

/** Audits a copied store and removes what opening it left. */
export async function auditCopy(
  folder: string,
  options: CopyAuditOptions,
): Promise<AuditReport & { readonly schema: SchemaVersion }> {
  const store = createLmdbTableStore({ path: folder, clock: options.clock, readOnly: true });
  try {
    const schema = await readSchemaVersion(store);
    return { ...(await verifyStore(store, options)), schema };
  } finally {
    await store.close();
    await rm(join(folder, LOCK_FILE), { force: true });
  }
}

/** Formats a time for the name of a folder, such as `2026-11-30T20-13-37-123Z`. */
export function folderTime(clock: Clock): string {
  return clock.now().toISOString().replaceAll(/[:.]/g, '-');
}
