import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '@cnop/common/core/clock';
import { epochSeconds } from '@cnop/common/core/clock';
import { readSchemaVersion } from '@cnop/common/database/schema-version';
import type { TableStore } from '@cnop/common/database/table-store';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import { z } from 'zod';
import type { ItemProgress } from '../data-command.ts';
import { RefusedError, syncPath } from '../data-command.ts';
import type { ContentDigest, ContentHash } from './content-hash.ts';
import { createContentHash, lineOf } from './content-hash.ts';
import { headerLine, trailerLine } from './export-format.ts';

const compress = promisify(gzip);
/** The file is written in blocks of lines; in a .gz file each one is a gzip member, so that writing can continue there. */
const BLOCK_CHARACTERS = 1_000_000;
/** The progress is stored after as many blocks. */
const BLOCKS_PER_CURSOR = 4;
const PRIVATE_FILE_MODE = 0o600;

const cursorSchema = z.object({
  /** The bytes of the partial file that are complete. */
  bytes: z.int(),
  after: z.object({ table: z.enum(TABLE_NAMES), pk: z.string(), sk: z.string() }),
  items: z.int(),
  hash: z.string(),
});
type Cursor = z.infer<typeof cursorSchema>;

export interface ExportOptions {
  readonly store: TableStore;
  readonly file: string;
  /** Continues an interrupted export of the same file. */
  readonly resume: boolean;
  readonly clock: Clock;
  readonly onProgress: ItemProgress;
}

/** The result of an export. */
export interface Exported extends ContentDigest {
  readonly isSnapshot: boolean;
  /** The number of items in the file before this run. */
  readonly resumedAt: number;
}

/**
 * Writes all items that have not expired to a file, in bounded memory. The file appears under its name when it is
 * complete and on disk.
 *
 * A store with snapshots is exported as of one moment. A snapshot ends with its process, so that such an export starts
 * again when it is resumed; one of DynamoDB continues where it was.
 * @throws RefusedError when the file exists, or an interrupted export does and `resume` is not set
 */
export async function exportStore(options: ExportOptions): Promise<Exported> {
  const { store, file, resume, clock } = options;
  const paths = { file, partial: `${file}.partial`, cursor: `${file}.cursor` };
  if (existsSync(file)) throw new RefusedError(`${file} exists. Choose another name, or delete the file.`);
  if (existsSync(paths.partial) && !resume) {
    throw new RefusedError(
      `${paths.partial} is an interrupted export. Continue it with --resume, or delete the file to start again.`,
    );
  }
  const snapshot = await store.snapshot?.();
  const cursor = resume && !snapshot ? await readCursor(paths.cursor) : undefined;
  const hash = createContentHash(cursor);
  const handle = await open(paths.partial, cursor ? 'r+' : 'w', PRIVATE_FILE_MODE);
  try {
    const writer = createBlockWriter(handle, {
      isCompressed: file.endsWith('.gz'),
      position: cursor?.bytes ?? 0,
    });
    await handle.truncate(cursor?.bytes ?? 0);
    if (!cursor) {
      const { version, readableFrom } = await readSchemaVersion(store);
      await writer.add(
        headerLine({
          schema_version: version,
          schema_readable_from: readableFrom,
          created_at: clock.now().toISOString(),
          is_snapshot: snapshot !== undefined,
        }),
      );
    }
    await writeItems({ ...options, reader: snapshot ?? store, cursor, hash, writer, paths });
    await writer.add(trailerLine(hash.total()));
    await writer.flush();
    await handle.sync();
  } finally {
    await handle.close();
    snapshot?.release();
  }
  await rename(paths.partial, file);
  await syncPath(dirname(file));
  await rm(paths.cursor, { force: true });
  return { ...hash.total(), isSnapshot: snapshot !== undefined, resumedAt: cursor?.items ?? 0 };
}

interface Writing extends Pick<ExportOptions, 'clock' | 'onProgress'> {
  readonly reader: Pick<TableStore, 'scan'>;
  readonly cursor: Cursor | undefined;
  readonly hash: ContentHash;
  readonly writer: BlockWriter;
  readonly paths: { readonly cursor: string };
}

async function writeItems({ reader, cursor, hash, writer, paths, ...options }: Writing): Promise<void> {
  const { clock, onProgress } = options;
  const after = cursor?.after;
  let items = cursor?.items ?? 0;
  const now = epochSeconds(clock.now());
  const firstTable = after ? TABLE_NAMES.indexOf(after.table) : 0;
  let blocks = 0;
  for (const table of TABLE_NAMES.slice(firstTable)) {
    for await (const item of reader.scan(table, after?.table === table ? after : undefined)) {
      const { expiresAtEpochSeconds: expiresAt } = item;
      if (expiresAt !== undefined && expiresAt <= now) continue;
      const line = lineOf(item);
      hash.add(line, expiresAt);
      items += 1;
      onProgress(items);
      if (!(await writer.add(line))) continue;
      blocks += 1;
      if (blocks % BLOCKS_PER_CURSOR !== 0) continue;
      const { bytes } = await writer.sync();
      await writeCursor(paths.cursor, { bytes, after: item.key, ...hash.total() });
    }
  }
}

/** Writes lines in blocks. */
interface BlockWriter {
  /** Adds a line; returns whether it completed a block, which is then written. */
  add(line: string): Promise<boolean>;
  flush(): Promise<void>;
  /** Waits until all blocks are on disk, and returns their bytes. */
  sync(): Promise<{ readonly bytes: number }>;
}

function createBlockWriter(
  handle: FileHandle,
  { isCompressed, position: start }: { readonly isCompressed: boolean; readonly position: number },
): BlockWriter {
  let lines: string[] = [];
  let characters = 0;
  let position = start;

  async function flush(): Promise<void> {
    if (lines.length === 0) return;
    const text = Buffer.from(`${lines.join('\n')}\n`);
    const block = isCompressed ? await compress(text) : text;
    await handle.writev([block], position);
    position += block.length;
    lines = [];
    characters = 0;
  }

  return {
    flush,
    async add(line) {
      lines.push(line);
      characters += line.length;
      if (characters < BLOCK_CHARACTERS) return false;
      await flush();
      return true;
    },
    async sync() {
      await handle.datasync();
      return { bytes: position };
    },
  };
}

async function readCursor(path: string): Promise<Cursor | undefined> {
  if (!existsSync(path)) return undefined;
  return cursorSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}

async function writeCursor(path: string, cursor: Cursor): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(cursor), { flush: true });
  await rename(`${path}.new`, path);
}
