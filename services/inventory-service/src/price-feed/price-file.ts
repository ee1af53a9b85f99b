import { readFile } from 'node:fs/promises';
import { ConfigError } from '@cnop/common/config/read-config';
import type { AssetId } from '@cnop/common/core/brands';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { RecordedLine, TrackPoint } from '../domain/price-track.ts';
import { PriceTableError, priceTrack } from '../domain/price-track.ts';

const REQUIRED_COLUMNS = ['open_time', 'close'] as const;
const CANDLE_COLUMNS = ['open', 'high', 'low', 'close'] as const;
const SEPARATORS = [',', ';', '\t'] as const;
const UTF_16_MARKS = [Buffer.of(0xff, 0xfe), Buffer.of(0xfe, 0xff)];
/** UTF-16 shows by an early zero byte, since the header consists of Latin letters; UTF-8 text has none. */
const PROBED_BYTES = 1_024;

/** One line of the file. */
interface Cells {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads a CSV file of candles or closes. The columns `open_time` and `close` are required; with `open`, `high` and `low`
 * each line is played as four prices. Other columns are ignored. Cells are separated by comma, semicolon or tab.
 * @throws ConfigError when the file is not valid; its message names the file, the line and what to write
 */
export async function readPriceFile(path: string): Promise<TrackPoint[]> {
  try {
    return priceTrack(linesOf(decode(await readFile(path))));
  } catch (error) {
    throw new ConfigError(`The prices in ${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Reads the price files of a replay, by asset id.
 * @throws ConfigError when a file is not valid
 */
export async function readTracks(
  files: ReadonlyMap<AssetId, string>,
): Promise<ReadonlyMap<AssetId, readonly TrackPoint[]>> {
  const read = async ([assetId, path]: [AssetId, string]) => [assetId, await readPriceFile(path)] as const;
  return new Map(await Promise.all([...files].map(read)));
}

/**
 * Returns the message of an error of the file or the disk.
 * @throws unknown the error itself when it is another one
 */
function reasonOf(error: unknown): string {
  const isExpected =
    error instanceof PriceTableError ||
    error instanceof CsvError ||
    (error instanceof Error && 'code' in error);
  if (isExpected) return error.message;
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

/** Returns the separator with which the first line has the required columns. */
function separatorOf(text: string): string | undefined {
  return SEPARATORS.find((separator) => {
    try {
      const names = parseTable(text, separator, 1)[0]?.cells ?? [];
      return REQUIRED_COLUMNS.every((name) => names.includes(name));
    } catch (error) {
      // Quoted cells are malformed with a wrong separator.
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

/**
 * Parses CSV text.
 * @throws CsvError when a line is malformed; its message names the line
 */
function parseTable(text: string, separator: string, maxLines?: number): Cells[] {
  const found = parse(text, {
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    trim: true,
    skip_empty_lines: true,
    // The number of cells is checked against the header.
    relax_column_count: true,
    info: true,
    ...(maxLines !== undefined && { to: maxLines }),
  }) as unknown as readonly { readonly record: string[]; readonly info: { readonly lines: number } }[];
  return found.map(({ record, info }) => ({ line: info.lines, cells: record }));
}
