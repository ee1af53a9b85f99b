import { SIGNED_DECIMAL_PATTERN } from './money.ts';

/** Rows of one table that is sent: about 2 MB of text, which is made in memory. */
export const MAX_CSV_ROWS = 10_000;

const LINE_END = '\r\n';
/** Beside those of RFC 4180 the separators of other countries' spreadsheets. */
const NEEDS_QUOTES_PATTERN = /[",;\t\r\n]/;
/**
 * Where a spreadsheet begins to read a formula: `=`, `+`, `-` and `@`, their full-width forms, which some take for the
 * same, and control characters, which some drop before they look. Blanks in front change nothing.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA_PATTERN = /^[\s\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;

/** What some spreadsheets need in front of a file to know that it is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Writes a table as text that spreadsheets open (RFC 4180): a header and rows, each line ended. A cell that a spreadsheet
 * would take for a formula gets an apostrophe in front; plain decimals stay numbers, negative ones too.
 */
export function formatCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((row) => row.map(cellOf).join(',') + LINE_END).join('');
}

function cellOf(text: string): string {
  const isFormula = FORMULA_PATTERN.test(text) && !SIGNED_DECIMAL_PATTERN.test(text);
  const shown = isFormula ? `'${text}` : text;
  return NEEDS_QUOTES_PATTERN.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
