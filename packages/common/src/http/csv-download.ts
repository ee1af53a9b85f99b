import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { BYTE_ORDER_MARK, MAX_CSV_ROWS } from '../core/csv.ts';

const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** Query parameters of every route that returns CSV. */
export const csvQueryShape = {
  bom: z
    .enum(['0', '1'])
    .default('0')
    .describe('`1` starts the file with a byte order mark, which some spreadsheets need to detect UTF-8.'),
};

/** The documentation of a CSV response. */
export const CSV_ANSWER = {
  description: 'A CSV table (RFC 4180) in UTF-8.',
  content: { 'text/csv': { schema: z.string() } },
};

/** The limits of a download, for the description of its route. */
export const CSV_NOTE =
  `Returns up to ${MAX_CSV_ROWS} rows. If more rows match, the status is 422: choose a shorter period. A cell ` +
  'that a spreadsheet would run as a formula starts with an apostrophe.';

/** A CSV table and the parts of its file name. */
export interface CsvDownload {
  readonly table: string;
  /** The first part of the file name, such as `cnop-orders`; the day follows. */
  readonly name: string;
  readonly at: Date;
  readonly bom: '0' | '1';
}

/** Sends a table as a download, which browsers save as `{name}-{day}.csv`. */
export function sendCsv(reply: FastifyReply, { table, name, at, bom }: CsvDownload): FastifyReply {
  const day = at.toISOString().slice(0, DAY_LENGTH);
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}-${day}.csv"`)
    .send(bom === '1' ? BYTE_ORDER_MARK + table : table);
}
