import { SIGNED_DECIMAL_PATTERN } from './money.ts';

/** The most rows of one download: about 2 MB of text, which is built in memory. */
export const MAX_CSV_ROWS = 10_000;

const LINE_END = '\r\n';
/** The characters of RFC 4180 and the separators of spreadsheets in other locales. */
const NEEDS_QUOTES_PATTERN = /[",;\t\r\n]/;
/**
 * The beginning of a formula in a spreadsheet: `=`, `+`, `-` and `@`, their full-width forms, which some spreadsheets treat
 * alike, and control characters, which some drop first. Leading blanks change nothing.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA_PATTERN = /^[\s\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;

/** Tells spreadsheets that a file is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Formats a table as CSV (RFC 4180): a header and rows, each with a line end. Prefixes a cell that a spreadsheet would
 * read as a formula with an apostrophe; plain decimals, also negative ones, stay numbers.
 */
export function formatCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((row) => row.map(formatCell).join(',') + LINE_END).join('');
}

function formatCell(text: string): string {
  const isFormula = FORMULA_PATTERN.test(text) && !SIGNED_DECIMAL_PATTERN.test(text);
  const shown = isFormula ? `'${text}` : text;
  return NEEDS_QUOTES_PATTERN.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
