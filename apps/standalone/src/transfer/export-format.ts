import type { Attributes, IndexEntry } from '@cnop/common/database/table-store';
import type { IndexName } from '@cnop/common/database/tables';
import { indexNames, TABLE_NAMES } from '@cnop/common/database/tables';
import { z } from 'zod';
import { RefusedError } from '../data-command.ts';
import type { ContentDigest, CopiedItem } from './content-hash.ts';

/** The name in the first line of each export. */
const FORMAT = 'cnop-export';
/** The version of the lines; a reader refuses a later one. */
const FORMAT_VERSION = 1;
const HASH = /^[0-9a-f]{64}$/;

const headerSchema = z.object({
  format: z.literal(FORMAT),
  format_version: z.int(),
  /** The schema version of the data, and the oldest one whose code can work on it. */
  schema_version: z.int(),
  schema_readable_from: z.int(),
  created_at: z.iso.datetime(),
  /** Whether all items are of one moment. */
  is_snapshot: z.boolean(),
  tables: z.array(z.string()),
});
export type ExportHeader = z.infer<typeof headerSchema>;

const indexEntrySchema = z.object({ pk: z.string(), sk: z.string() });
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const itemSchema = z.strictObject({
  table: z.enum(TABLE_NAMES),
  pk: z.string(),
  sk: z.string(),
  /** Any JSON; the store checks it when the item is written. */
  attributes: z.custom<Attributes>(isObject, 'must be an object'),
  indexes: z.record(z.string(), indexEntrySchema).optional(),
  expires_at_epoch: z.int().optional(),
});

const trailerSchema = z.strictObject({ items: z.int().min(0), content_hash: z.string().regex(HASH) });

/** Returns the first line of an export. */
export function headerLine(header: Omit<ExportHeader, 'format' | 'format_version' | 'tables'>): string {
  return JSON.stringify({
    format: FORMAT,
    format_version: FORMAT_VERSION,
    ...header,
    tables: TABLE_NAMES,
  } satisfies ExportHeader);
}

/** Returns the last line of an export. */
export function trailerLine({ items, hash }: ContentDigest): string {
  return JSON.stringify({ items, content_hash: hash } satisfies z.infer<typeof trailerSchema>);
}

/**
 * Parses the first line of an export.
 * @throws RefusedError when it is not an export, or one of a later version
 */
export function parseHeader(line: string): ExportHeader {
  const parsed = headerSchema.safeParse(jsonOf(line));
  if (!parsed.success) throw new RefusedError('The file is not an export of this platform.');
  if (parsed.data.format_version > FORMAT_VERSION) {
    throw new RefusedError(
      `The file has format version ${parsed.data.format_version}, and this version of the platform reads up to ` +
        `${FORMAT_VERSION}. Import it with the version that wrote it, or a later one.`,
    );
  }
  return parsed.data;
}

/** Parses the last line of an export; undefined when it is another line. */
export function parseTrailer(line: string): ContentDigest | undefined {
  const parsed = trailerSchema.safeParse(jsonOf(line));
  return parsed.success ? { items: parsed.data.items, hash: parsed.data.content_hash } : undefined;
}

/**
 * Parses the line of an item.
 * @throws RefusedError when it is no item of this version
 */
export function parseItem(line: string, lineNumber: number): CopiedItem {
  const parsed = itemSchema.safeParse(jsonOf(line));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RefusedError(
      `Line ${lineNumber} is not a valid item: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}. The file is damaged.`,
    );
  }
  const { table, pk, sk, attributes, indexes, expires_at_epoch: expiresAt } = parsed.data;
  return {
    key: { table, pk, sk },
    attributes,
    ...(indexes && { indexes: knownIndexes(table, indexes, lineNumber) }),
    ...(expiresAt !== undefined && { expiresAtEpochSeconds: expiresAt }),
  };
}

function knownIndexes(
  table: (typeof TABLE_NAMES)[number],
  indexes: Readonly<Record<string, IndexEntry>>,
  lineNumber: number,
): Partial<Record<IndexName, IndexEntry>> {
  const known: Partial<Record<IndexName, IndexEntry>> = {};
  const names = indexNames(table);
  for (const [given, entry] of Object.entries(indexes)) {
    const name = names.find((each) => each === given);
    if (!name)
      throw new RefusedError(`Line ${lineNumber} names an index ${given}, which ${table} does not have.`);
    known[name] = entry;
  }
  return known;
}

/** Returns the value of a line; undefined when it is not JSON. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
