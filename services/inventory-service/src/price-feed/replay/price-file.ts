import { readFile } from 'node:fs/promises';
import { ConfigError } from '@cnop/common/config/read-config';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { RecordedLine, TrackPoint } from '../../domain/price-track.ts';
import { PriceTableError, priceTrack } from '../../domain/price-track.ts';

const REQUIRED_COLUMNS = ['open_time', 'close'] as const;
const CANDLE_COLUMNS = ['open', 'high', 'low', 'close'] as const;
const SEPARATORS = [',', ';', '\t'] as const;
const UTF_16_MARKS = [Buffer.of(0xff, 0xfe), Buffer.of(0xfe, 0xff)];
/** A text that is not UTF-16 has no zero byte, and one in UTF-16 has one early: its header is of Latin letters. */
const PROBED_BYTES = 1_024;

interface Cells {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads a CSV file of candles or closes. `open_time` and `close` must be columns; with `open`, `high` and `low` as well
 * each line is played as four prices. Other columns do not count. Cells are separated by comma, semicolon or tab.
 * @throws ConfigError that names the file, the line and what would be right
 */
export async function readPriceFile(path: string): Promise<TrackPoint[]> {
  try {
    return priceTrack(linesOf(decode(await readFile(path))));
  } catch (error) {
    throw new ConfigError(`The prices in ${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Reads the files of a replay, by asset.
 * @throws ConfigError as `readPriceFile` does
 */
export async function readTracks(
  files: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly TrackPoint[]>> {
  const read = async ([assetId, path]: [string, string]) => [assetId, await readPriceFile(path)] as const;
  return new Map(await Promise.all([...files].map(read)));
}

/** @throws whatever is neither the file's fault nor the disk's */
function reasonOf(error: unknown): string {
  const isForeseen =
    error instanceof PriceTableError ||
    error instanceof CsvError ||
    (error instanceof Error && 'code' in error);
  if (isForeseen) return error.message;
  throw error;
}

function decode(bytes: Buffer): string {
  const isUtf16 =
    UTF_16_MARKS.some((mark) => bytes.subarray(0, mark.length).equals(mark)) ||
    bytes.subarray(0, PROBED_BYTES).includes(0);
  if (isUtf16) throw new PriceTableError('this is not UTF-8 text but looks like UTF-16; save it as UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PriceTableError('this is not UTF-8 text; save it as UTF-8');
  }
}

function linesOf(text: string): RecordedLine[] {
  const [header, ...rest] = parseTable(text, separatorOf(text) ?? ',');
  const names = header?.cells ?? [];
  checkHeader(names, header?.line ?? 1);
  const columns = CANDLE_COLUMNS.every((name) => names.includes(name)) ? CANDLE_COLUMNS : ['close'];
  const timeIndex = names.indexOf('open_time');
  const priceIndexes = columns.map((name) => names.indexOf(name));
  return rest.map(({ line, cells }) => {
    if (cells.length !== names.length) {
      throw new PriceTableError(`line ${line}: there are ${cells.length} cells for ${names.length} columns`);
    }
    return {
      line,
      time: cells[timeIndex] ?? '',
      prices: priceIndexes.map((index) => cells[index] ?? ''),
    };
  });
}

/** The separator with which the first line has the columns that must be there. */
function separatorOf(text: string): string | undefined {
  return SEPARATORS.find((separator) => {
    try {
      const names = parseTable(text, separator, 1)[0]?.cells ?? [];
      return REQUIRED_COLUMNS.every((name) => names.includes(name));
    } catch (error) {
      // Quoted cells look broken with a wrong separator.
      if (error instanceof CsvError) return false;
      throw error;
    }
  });
}

function checkHeader(names: readonly string[], line: number): void {
  for (const name of REQUIRED_COLUMNS) {
    if (names.includes(name)) continue;
    throw new PriceTableError(
      `line ${line}: there is no column ${name}; columns are separated by comma, semicolon or tab`,
    );
  }
  for (const name of ['open_time', ...CANDLE_COLUMNS]) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) {
      throw new PriceTableError(`line ${line}: there are two columns ${name}`);
    }
  }
}

/** @throws CsvError with the line */
function parseTable(text: string, separator: string, maxLines?: number): Cells[] {
  const found = parse(text, {
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    trim: true,
    skip_empty_lines: true,
    // Checked where the names of the columns are known.
    relax_column_count: true,
    info: true,
    ...(maxLines !== undefined && { to: maxLines }),
  }) as unknown as readonly { readonly record: string[]; readonly info: { readonly lines: number } }[];
  return found.map(({ record, info }) => ({ line: info.lines, cells: record }));
}
