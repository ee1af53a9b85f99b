import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { SCHEMA_VERSION } from '@cnop/common/database/schema-version';
import type { ItemProgress } from '../data-command.ts';
import { RefusedError } from '../data-command.ts';
import type { ContentHash, CopiedItem } from './content-hash.ts';
import { createContentHash } from './content-hash.ts';
import type { ExportHeader } from './export-format.ts';
import { parseHeader, parseItem, parseTrailer } from './export-format.ts';

const INCOMPLETE =
  'The file is incomplete or damaged. Copy it again from its source, or export again; nothing of it was used.';

/** An item and the length of its line. */
export interface ExportedItem {
  readonly item: CopiedItem;
  readonly characters: number;
}

/**
 * Reads a whole export and compares it with its last line, before any of it is used.
 * @returns its first line, and the hash of its items
 * @throws RefusedError when the file is missing, incomplete, damaged, or needs a later version of the platform
 */
export async function checkExport(
  file: string,
  onProgress: ItemProgress,
): Promise<{ readonly header: ExportHeader; readonly hash: ContentHash }> {
  const hash = createContentHash();
  const header = await readHeader(file);
  if (header.schema_readable_from > SCHEMA_VERSION) {
    throw new RefusedError(
      `The file has data of schema version ${header.schema_version}, which needs a platform of schema version ` +
        `${header.schema_readable_from} or later, and this one has ${SCHEMA_VERSION}. Import it with a newer version.`,
    );
  }
  let items = 0;
  for await (const _ of itemsOfExport(file, hash)) {
    items += 1;
    onProgress(items);
  }
  return { header, hash };
}

async function readHeader(file: string): Promise<ExportHeader> {
  for await (const line of linesOf(file)) return parseHeader(line);
  throw new RefusedError('The file is empty.');
}

/**
 * Returns the items of an export, line by line, and adds them to a hash.
 * @throws RefusedError at the end when they are not those that its last line states
 */
export async function* itemsOfExport(
  file: string,
  hash: ContentHash = createContentHash(),
): AsyncGenerator<ExportedItem> {
  let lineNumber = 0;
  let isComplete = false;
  for await (const line of linesOf(file)) {
    lineNumber += 1;
    if (lineNumber === 1) continue;
    const trailer = line.startsWith('{"items":') ? parseTrailer(line) : undefined;
    if (isComplete) throw new RefusedError(INCOMPLETE);
    if (trailer) {
      const { items, hash: sum } = hash.total();
      if (trailer.items !== items || trailer.hash !== sum) throw new RefusedError(INCOMPLETE);
      isComplete = true;
      continue;
    }
    const item = parseItem(line, lineNumber);
    hash.add(line, item.expiresAtEpochSeconds);
    yield { item, characters: line.length };
  }
  if (!isComplete) throw new RefusedError(INCOMPLETE);
}

/** Returns the lines of a file, which is decompressed when its name ends in .gz. Reads ahead by a few blocks only. */
async function* linesOf(file: string): AsyncGenerator<string> {
  await access(file).catch(() => {
    throw new RefusedError(`There is no file ${file}.`);
  });
  try {
    yield* split(file.endsWith('.gz') ? decompressed(file) : createReadStream(file));
  } catch (error) {
    // zlib reports a truncated or damaged file by its code.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new RefusedError(INCOMPLETE);
    }
    throw error;
  }
}

function decompressed(file: string): Readable {
  const gunzip = createGunzip();
  // Destroys both streams when reading ends early; the reader of `gunzip` sees the error.
  void pipeline(createReadStream(file), gunzip).catch(() => undefined);
  return gunzip;
}

async function* split(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
