import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { BYTE_ORDER_MARK, MAX_CSV_ROWS } from '../core/csv.ts';

const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** Query parameters of every route that answers with a table. */
export const csvQueryShape = {
  bom: z
    .enum(['0', '1'])
    .default('0')
    .describe('`1` begins the file with a byte order mark, by which some spreadsheets know UTF-8.'),
};

/** How a table is documented among the answers of a route. */
export const CSV_ANSWER = {
  description: 'A table (RFC 4180), in UTF-8.',
  content: { 'text/csv': { schema: z.string() } },
};

/** What a download does, for the description of its route. */
export const CSV_NOTE =
  `All that fits, up to ${MAX_CSV_ROWS} rows; 422 asks for a narrower period when there are more. A cell that a ` +
  'spreadsheet would take for a formula has an apostrophe in front.';

export interface CsvDownload {
  readonly table: string;
  /** Of the file, in front of the day, such as `cnop-orders`. */
  readonly name: string;
  readonly at: Date;
  readonly bom: '0' | '1';
}

/** Answers with a table that browsers save as a file. */
export function sendCsv(reply: FastifyReply, { table, name, at, bom }: CsvDownload): FastifyReply {
  const day = at.toISOString().slice(0, DAY_LENGTH);
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}-${day}.csv"`)
    .send(bom === '1' ? BYTE_ORDER_MARK + table : table);
}
